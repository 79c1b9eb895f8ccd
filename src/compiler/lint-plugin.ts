import type { Program } from 'oxc-parser';
import type { Edit } from './check/finding.js';
import { findMisuses } from './check/find-misuses.js';
import { gatherFacts } from './check/gather-facts.js';
import { ShapeFinder } from './check/shape-finder.js';

/**
 * The door `heddle/eslint-plugin`: the check for a forgotten `yield*` as a rule for ESLint (9 and later) and for oxlint
 * (`jsPlugins`). The linter does the parsing, so TypeScript in ESLint needs a parser there. A linter sees one file at a
 * time: only `heddle check` knows what is imported from the program's other files.
 *
 * @example
 * // eslint.config.js
 * import * as heddle from 'heddle/eslint-plugin';
 * export default [{ plugins: { heddle }, rules: { 'heddle/no-floating-operation': 'error' } }];
 *
 * @example
 * // .oxlintrc.json
 * { "jsPlugins": ["heddle/eslint-plugin"], "rules": { "heddle/no-floating-operation": "error" } }
 */
export const meta: { readonly name: string } = { name: 'heddle' };

/**
 * The rules: `no-floating-operation`, which reports operations that are made and never run. It suggests fixes; with the option
 * `fix: true` they are applied by the linter's `--fix`.
 */
export const rules: { readonly 'no-floating-operation': Rule } = {
  'no-floating-operation': {
    meta: {
      type: 'problem',
      docs: { description: 'Disallow operations that are made and never run: a forgotten `yield*`' },
      // A fix changes what the program does, so it is only a suggestion unless the option asks for more.
      fixable: 'code',
      hasSuggestions: true,
      schema: [{ type: 'object', properties: { fix: { type: 'boolean' } }, additionalProperties: false }],
      defaultOptions: [{ fix: false }],
      messages: { found: '{{message}}', run: 'Put in the `yield*`.' },
    },
    create: (context: RuleContext) => ({
      Program(program: Program) {
        const { sourceCode, options, filename } = context;
        const shapes = new ShapeFinder(() => null);
        const fixing = (options[0] as { fix?: boolean } | undefined)?.fix === true;
        for (const { start, end, message, fix: edits } of findMisuses(
          gatherFacts(filename, program),
          sourceCode.text,
          shapes,
        )) {
          const fix = edits === null ? null : (fixer: Fixer) => edits.map((edit) => change(fixer, edit));
          context.report({
            loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
            messageId: 'found',
            data: { message },
            fix: fixing ? fix : null,
            suggest: fixing || fix === null ? [] : [{ messageId: 'run', fix }],
          });
        }
      },
    }),
  },
};

const plugin: { readonly meta: typeof meta; readonly rules: typeof rules } = { meta, rules };

// oxlint knows plugins by their default export only.
// oxlint-disable-next-line import/no-default-export
export default plugin;

function change(fixer: Fixer, { start, end, text }: Edit): unknown {
  return fixer.replaceTextRange([start, end], text);
}

/*
 * The part of the linters' interface that is used here. ESLint's own types would make every user of heddle install ESLint.
 */

interface Rule {
  readonly meta: {
    readonly type: 'problem';
    readonly docs: { readonly description: string };
    readonly fixable: 'code';
    readonly hasSuggestions: true;
    readonly schema: object[];
    readonly defaultOptions: unknown[];
    readonly messages: Record<string, string>;
  };
  /** What linters call with a `RuleContext` of their own. */
  create(context: never): { Program(program: Program): void };
}

interface RuleContext {
  readonly filename: string;
  readonly options: readonly unknown[];
  readonly sourceCode: { readonly text: string; getLocFromIndex(index: number): Location };
  report(problem: {
    readonly loc: { readonly start: Location; readonly end: Location };
    readonly messageId: string;
    readonly data: Record<string, string>;
    readonly fix: Fix | null;
    readonly suggest: { readonly messageId: string; readonly fix: Fix }[];
  }): void;
}

interface Location {
  readonly line: number;
  readonly column: number;
}

interface Fixer {
  replaceTextRange(range: [number, number], text: string): unknown;
}

type Fix = (fixer: Fixer) => unknown[];
