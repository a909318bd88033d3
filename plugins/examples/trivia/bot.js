// A quiz: it asks, keeps the score, and shows at the end what was answered.
import { after, anyText, bot, minute } from "bothost";
import { topics } from "./questions.js";
import { answer, choices, isOver, newQuiz, question, score, topicOf } from "./quiz.js";

bot.define({ name: "trivia", version: "1.0.0" });

const howMany = bot.intent("score", "score", "what is my score", "how many points do I have");
const quit = bot.intent("quit", "quit", "stop", "I give up");

const again = bot.intent("again", "again", "another game", "play again");

const choosing = bot.initial("choosing");
const begun = bot.state("begun");
const asked = bot.state("asked");
const checked = bot.state("checked");
const counted = bot.state("counted");
const reminded = bot.state("reminded");
const over = bot.state("over");

const quizOf = (session) => session.get("quiz");

choosing.onEnter((session) => {
  session.reply("Which topic would you like?");
  session.replyOptions(Object.keys(topics));
});
choosing.when(anyText()).if((session) => topicOf(session.message) !== undefined).goTo(begun);
choosing.onFallback((session) => session.reply("I have no such topic."));

begun.onEnter((session) => session.set("quiz", newQuiz(topicOf(session.message))));
begun.goTo(asked);

asked.onEnter((session) => {
  const quiz = quizOf(session);
  const q = question(quiz);
  session.reply(`${quiz.answers.length + 1}. ${q.ask}`);
  session.replyOptions(choices(q));
});
awaitAnswer(asked);
asked.when(after(2 * minute)).goTo(reminded);

// Once is enough: nobody is reminded of having been reminded.
reminded.onEnter((session) => session.reply("Take a guess!"));
awaitAnswer(reminded);

function awaitAnswer(state) {
  state.when(quit).goTo(over);
  state.when(howMany).goTo(counted);
  state.when(anyText()).goTo(checked);
}

checked.onEnter((session) => {
  const quiz = quizOf(session);
  const best = answer(quiz, session.message);
  session.set("quiz", quiz);
  session.reply(quiz.answers.at(-1).right ? "Right!" : `No, it is ${best}.`);
});
checked.when((session) => isOver(quizOf(session))).goTo(over);
checked.goTo(asked);

counted.onEnter((session) => {
  const quiz = quizOf(session);
  session.reply(`${score(quiz)} of ${quiz.answers.length} so far.`);
});
counted.goTo(asked);

over.onEnter((session) => {
  const quiz = quizOf(session);
  const best = Math.max(session.get("best") ?? 0, score(quiz));
  session.set("best", best);
  session.delete("quiz");
  if (quiz.answers.length > 0) {
    session.replyTable(["question", "your answer", "right"],
      quiz.answers.map(({ ask, said, right }) => [ask, said, right]));
  }
  session.reply(`${score(quiz)} of ${topics[quiz.topic].length}. Your best is ${best}.`);
  session.replyOptions("Again");
});
over.when(again).goTo(choosing);
over.onFallback((session) => session.reply("Say Again for another game."));
