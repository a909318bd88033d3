// What is asked, by topics. The first of the answers is the right one; people are
// shown them in the order of the alphabet.
export const topics = {
  Geography: [
    { ask: "Which is the longest river of Europe?", answers: ["Volga", "Danube", "Rhine"] },
    { ask: "Which country has the most islands?", answers: ["Sweden", "Indonesia", "Norway"] },
    { ask: "What is the capital of Australia?", answers: ["Canberra", "Melbourne", "Sydney"] },
  ],
  Science: [
    { ask: "Which gas do plants take from the air?", answers: ["Carbon dioxide", "Nitrogen", "Oxygen"] },
    { ask: "How many planets does the Sun have?", answers: ["8", "9", "10"] },
    { ask: "What does an entomologist study?", answers: ["Insects", "Birds", "Words"] },
  ],
};
