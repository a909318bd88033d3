// One game: which topic, which question, and what was answered so far. It is a plain
// object, which lives in a variable of the session: memory is not state.
import { topics } from "./questions.js";

// plain is a text as it is compared: people write in their own way.
const plain = (text) => text.trim().toLowerCase();

export const topicOf = (text) => Object.keys(topics).find((t) => plain(t) === plain(text));

export const newQuiz = (topic) => ({ topic, answers: [] });

export const question = (quiz) => topics[quiz.topic][quiz.answers.length];

export const isOver = (quiz) => question(quiz) === undefined;

export const choices = (q) => [...q.answers].sort((a, b) => a.localeCompare(b));

export const score = (quiz) => quiz.answers.filter((a) => a.right).length;

// answer notes what was said to the question, and returns the right answer.
export function answer(quiz, said) {
  const { ask, answers: [best] } = question(quiz);
  quiz.answers.push({ ask, said, right: plain(said) === plain(best) });
  return best;
}
