// Tests of the page's modules: each is a name and what throws if it fails.
const tests = [];

export function test(name, run) { tests.push({ name, run }); }

export function equal(got, want, what = 'got') {
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
  if (a !== b) throw new Error(`${what} = ${a}, want ${b}`);
}

/** runAll runs all tests and returns a row for each. */
export async function runAll() {
  const rows = [];
  for (const { name, run } of tests) {
    let fault = '';
    try {
      await run();
    } catch (error) {
      fault = error.stack ?? String(error);
    }
    rows.push({ name, fault });
  }
  return rows;
}
