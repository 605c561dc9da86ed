/** The settings of the compiler for all that tests run, with modules of this kind: 'commonjs' or 'es6'. */
export const compilerOf = (type) => ({
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type },
});
