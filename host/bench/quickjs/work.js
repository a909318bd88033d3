// The script of the benchmarks: objects, strings, sorting and JSON. Its value is
// the function that is called.
(function work() {
  const people = [];
  let seed = 42;
  for (let i = 0; i < 400; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    people.push({
      id: i,
      name: "guest " + (seed % 1000),
      score: seed % 977,
      tags: ["chat", `room ${seed % 5}`],
    });
  }
  people.sort((a, b) => a.score - b.score || a.id - b.id);
  const text = JSON.stringify(people);
  let sum = text.length;
  for (const p of JSON.parse(text)) {
    const words = p.name.split(" ").concat(p.tags).sort();
    for (const c of words.join("-").toUpperCase()) {
      sum = (Math.imul(sum, 31) + c.charCodeAt(0) + p.score) >>> 0;
    }
  }
  return sum;
})
