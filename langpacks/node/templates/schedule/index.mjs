/** Runs on a schedule of EventBridge. `time`: when it was due, which may be a little ago. */
export const handler = async (event) => {
  const due = new Date(event.time);
  const late = (Date.now() - due) / 1000;
  console.log(`due at ${due.toISOString()}, ${late.toFixed(0)} seconds ago`);
  return { due: due.toISOString(), done: await work(due) };
};

/** What is to be done each time. Returns how much it was. */
const work = async (due) => 0;
