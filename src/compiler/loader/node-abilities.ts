import * as nodeModule from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/**
 * Whether Node has hooks in the program's own thread that leave the meaning of CommonJS alone. With the first ones, up to
 * 22.22, 24.11 and 25.0, CommonJS that is imported cannot `require` an ECMAScript module that imports another, even if the
 * hooks do nothing.
 */
export const hasSoundHooks: boolean =
  'registerHooks' in nodeModule &&
  (major >= 26 || (major === 25 && minor >= 1) || (major === 24 && minor >= 12) || (major === 22 && minor >= 23));

/**
 * Whether `require` finds all ECMAScript modules in imported CommonJS that is TypeScript. With hooks in Node 22 it fails for
 * those that import others, even if the hooks do nothing, unless a hook leaves it to Node to read the file.
 */
export const requiresFromTypeScript: boolean = major !== 22;

const { typescript } = process.features as { readonly typescript?: false | 'strip' | 'transform' };

/** Whether Node removes types itself: from 22.18 on unless told not to, and before if told to. */
export const removesTypes: boolean = Boolean(typescript);

/** Whether Node does nothing else to TypeScript: then anybody can remove types in its place. */
export const onlyRemovesTypes: boolean = typescript === 'strip';

/**
 * Whether Node's loader of ECMAScript modules reads files with the public `fs.promises.readFile`, and all CommonJS is
 * loaded through functions that can be replaced. Where these Nodes are told to remove types, some CommonJS is not.
 */
export const readsByFs: boolean = (major === 20 || (major === 22 && minor < 18)) && !removesTypes;
