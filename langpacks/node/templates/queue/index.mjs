/** Works on messages of an SQS queue. Those that fail are named, so that only they come again (the trigger has to report
 * batch item failures). */
export const handler = async (event) => {
  const failed = [];
  for (const record of event.Records) {
    try {
      await work(content(record.body));
    } catch (error) {
      console.error(`message ${record.messageId} failed:`, error);
      failed.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures: failed };
};

/** What is to be done with one message. */
const work = async (task) => {
  console.log("working on", task);
};

/** JSON as what it means, other text as it is. */
const content = (body) => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};
