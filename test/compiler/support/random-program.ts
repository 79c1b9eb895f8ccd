import fc from 'fast-check';

/**
 * A program of several generator functions that call each other, as a tree that knows nothing of names: jumps, callees
 * and variables are numbers, of which the renderer takes what there is at that place. So every tree is a program, and
 * fast-check can shrink it at will.
 */
export interface ProgramTree {
  readonly functions: readonly FunctionTree[];
  /** Without semicolons. */
  readonly bare: boolean;
}

export interface FunctionTree {
  /** How it is written: declaration, expression, method of an object, a class or an instance. */
  readonly form: number;
  /** Parameters: plain, with a default, destructured. */
  readonly parameters: number;
  /** Its own yields are bare ones, so that it is data and left alone. */
  readonly yieldsBare: boolean;
  readonly directive: boolean;
  readonly body: readonly Statement[];
}

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'declare'; readonly pattern: number; readonly value: Expression; readonly other: Expression }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly then: Statement;
      readonly otherwise: Statement | null;
    }
  | {
      readonly kind: 'loop';
      readonly head: number;
      readonly braces: boolean;
      readonly bound: Expression;
      readonly body: Statement;
    }
  | {
      readonly kind: 'try';
      readonly body: readonly Statement[];
      readonly handler: readonly Statement[] | null;
      readonly finalizer: readonly Statement[] | null;
    }
  | { readonly kind: 'switch'; readonly value: Expression; readonly cases: readonly Statement[] }
  | { readonly kind: 'block'; readonly labelled: boolean; readonly body: readonly Statement[] }
  | { readonly kind: 'jump'; readonly how: number; readonly target: number; readonly guard: number }
  | { readonly kind: 'return' | 'throw'; readonly value: Expression; readonly guard: number }
  | { readonly kind: 'closure'; readonly value: Expression };

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly which: number }
  | { readonly kind: 'trace'; readonly value: Expression }
  | { readonly kind: 'binary'; readonly operator: number; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'assign'; readonly operator: number; readonly which: number; readonly value: Expression }
  | { readonly kind: 'choose'; readonly test: Expression; readonly then: Expression; readonly otherwise: Expression }
  | { readonly kind: 'arrow' | 'template' | 'object' | 'list'; readonly value: Expression; readonly other: Expression }
  /** Of what the language has beside: classes, accessors, tags, optional calls, `super`, `arguments`. */
  | { readonly kind: 'rare'; readonly which: number; readonly value: Expression; readonly other: Expression }
  /** Gives a value out: `yield*` of a list or, in data, `yield`; in fibers waits. */
  | { readonly kind: 'give'; readonly how: number; readonly value: Expression; readonly style: number }
  /** `yield*` of another function of the program. */
  | {
      readonly kind: 'delegate';
      readonly callee: number;
      readonly how: number;
      readonly value: Expression;
      readonly style: number;
    }
  /** `yield*` of a nested function. */
  | { readonly kind: 'nested'; readonly f: FunctionTree; readonly value: Expression; readonly style: number }
  /** Consumes a function of the program as data. */
  | { readonly kind: 'consume'; readonly callee: number; readonly how: number; readonly value: Expression };

const small = fc.nat({ max: 9 });

const { functionTree } = fc.letrec<{
  expression: Expression;
  statement: Statement;
  functionTree: FunctionTree;
}>((tie) => {
  const value = tie('expression');
  const inner = tie('statement');
  const some = fc.array(inner, { maxLength: 3, depthIdentifier: 'statements' });
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, depthIdentifier: 'expressions' },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('number'), value: small }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('variable'), which: small }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('trace'), value }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('binary'), operator: small, left: value, right: value }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('assign'), operator: small, which: small, value }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('choose'), test: value, then: value, otherwise: value }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('arrow', 'template', 'object', 'list'), value, other: value }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('rare'), which: fc.nat({ max: 19 }), value, other: value }),
      },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('give'), how: small, value, style: small }) },
      {
        weight: 8,
        arbitrary: fc.record({ kind: fc.constant('delegate'), callee: small, how: small, value, style: small }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('nested'), f: tie('functionTree'), value, style: small }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('consume'), callee: small, how: small, value }) },
    ) as fc.Arbitrary<Expression>,
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, depthIdentifier: 'statements' },
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('expression'), value }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('declare'), pattern: small, value, other: value }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('if'),
          test: value,
          then: inner,
          otherwise: fc.option(inner, { depthIdentifier: 'statements' }),
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('loop'),
          head: fc.nat({ max: 18 }),
          braces: fc.boolean(),
          bound: value,
          body: inner,
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('try'),
          body: some,
          handler: fc.option(some, { depthIdentifier: 'statements' }),
          finalizer: fc.option(some, { depthIdentifier: 'statements' }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch'), value, cases: some }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('block'), labelled: fc.boolean(), body: some }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('jump'), how: small, target: small, guard: small }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('return', 'throw'), value, guard: small }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('closure'), value }) },
    ) as fc.Arbitrary<Statement>,
    functionTree: fc.record({
      form: fc.nat({ max: 11 }),
      parameters: small,
      yieldsBare: fc.nat({ max: 3 }).map((n) => n === 3),
      directive: fc.nat({ max: 4 }).map((n) => n === 4),
      body: fc.array(inner, { minLength: 1, maxLength: 4, depthIdentifier: 'statements' }),
    }),
  };
});

export const programTree: fc.Arbitrary<ProgramTree> = fc.record({
  functions: fc.array(functionTree, { minLength: 1, maxLength: 4 }),
  bare: fc.boolean(),
});
