/** The same few bytes from every server. */
export const reply = 'done\n';
export const replyHeaders = { 'content-type': 'text/plain', 'content-length': String(reply.length) };
export const overloadedReply = 'overloaded\n';
export const overloadedHeaders = {
  'content-type': 'text/plain',
  'content-length': String(overloadedReply.length),
  'retry-after': '1',
};
