/** What the doors of frameworks infer; compiled, never run. */
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import fastify, { type FastifyTypeProvider } from 'fastify';
import { Hono } from 'hono';
import { hc } from 'hono/client';
import { validator } from 'hono/validator';
import type { FastifyHandler } from 'heddle/fastify';
import { honoFibers } from 'heddle/hono';
import { nodeFibers } from 'heddle/node-http';

const node = nodeFibers();
createServer(
  node.handler(function* (request, response) {
    response.strictContentLength = request.complete;
  }),
);
createHttp2Server(
  node.handler(function* (request, response) {
    response.stream.priority({ weight: request.stream.id! });
  }),
);

interface Provider extends FastifyTypeProvider {
  readonly validator: { readonly count: number };
  readonly serializer: { readonly ordered: number };
}
interface Named {
  Params: { readonly id: string };
  Reply: { readonly name: string };
}
const plain = fastify();
const provided = plain.withTypeProvider<Provider>();
const options = { schema: { body: {}, response: { 200: {} } } } as const;

plain.get('/', function* ({ url }) {
  return url.length;
});
plain.get<Named>('/users/:id', function* ({ params }) {
  return { name: params.id };
});
plain.get<Named>('/sent/:id', function* ({ params }, reply) {
  return reply.send({ name: params.id });
});
plain.get<Named>('/async/:id', async ({ params }) => ({ name: params.id }));
// @ts-expect-error the reply is another one
plain.get<Named>('/users/:id', function* ({ params }) {
  return { title: params.id };
});
provided.post('/orders', options, function* ({ body }) {
  return { ordered: body.count };
});
// @ts-expect-error the reply is not what the schema says
provided.post('/orders', options, function* ({ body }) {
  return { ordered: `${body.count}` };
});
export const sent: FastifyHandler<() => Promise<number>> = function* () {
  return 1;
};

const hono = honoFibers();
const app = new Hono<{ Variables: { readonly user: string } }>()
  .get('/users/:id', (context) =>
    hono.run(context, function* () {
      const id: string = context.req.param('id');
      const user: string = context.get('user');
      return context.json({ id, user });
    }),
  )
  .post(
    '/orders',
    validator('json', ({ count }) => ({ count: Number(count) })),
    (context) =>
      hono.run(context, function* () {
        const { count }: { count: number } = context.req.valid('json');
        return context.json({ count });
      }),
  );

export const user: Promise<{ id: string; user: string }> = hc<typeof app>('http://localhost')
  .users[':id'].$get({ param: { id: '1' } })
  .then((answer) => answer.json());
