// The arrows of docs/ARCHITECTURE.md as an allow-list by folder: what is not listed is forbidden, tests included.

/** Each room and the rooms it may import; its own it may always. */
const rooms = {
  'libs/ticket': [],
  'libs/policy': ['libs/ticket', 'policy'],
  'libs/event-store': [],
  'libs/commands': ['libs/ticket', 'libs/policy', 'libs/event-store', 'libs/privacy'],
  'libs/directory': ['libs/event-store'],
  'libs/denials': ['libs/event-store'],
  'libs/audit': [
    'libs/ticket',
    'libs/policy',
    'libs/event-store',
    'libs/commands',
    'libs/directory',
    'libs/denials',
    'libs/privacy',
  ],
  'libs/projection': ['libs/event-store'],
  // The tree follows the log as a read model does: on a connection that holds a lease.
  'libs/proof': ['libs/event-store', 'libs/projection', 'libs/files'],
  'libs/privacy': ['libs/event-store', 'libs/projection', 'libs/files'],
  'libs/access': ['libs/policy'],
  // Bytes of evidence: a store knows of tickets no more than their ids.
  'libs/evidence': ['libs/files'],
  'libs/files': [],
  'libs/telemetry': [],
  'libs/local-postgres': [],
  // What every process has in common is made of what it opens.
  'libs/process': [
    'libs/access',
    'libs/event-store',
    'libs/local-postgres',
    'libs/privacy',
    'libs/projection',
    'libs/proof',
    'libs/telemetry',
  ],
  'apps/dispatch-api': ['libs', 'projections', 'policy'],
  'apps/projector': ['libs', 'projections', 'policy'],
  'apps/tool-bridge': ['libs/policy', 'policy'],
  'apps/cli': ['libs', 'projections', 'policy'],
  'apps/cockpit': [],
};

/** Specs of a room may also use what all tests share. */
const SHARED_BY_SPECS = '^test/(support|postgres)/';
const SPEC = '(\\.spec\\.ts$|/testing/|/conformance(/|\\.ts$))';

const inside = (folder) => `^${folder}/`;

const imports = Object.entries(rooms).flatMap(([room, others]) => {
  const to = [room, ...others].map(inside);
  return [
    { from: { path: inside(room), pathNot: SPEC }, to: { path: to } },
    { from: { path: [`${inside(room)}.*${SPEC}`] }, to: { path: [...to, SHARED_BY_SPECS] } },
  ];
});

const projections = [
  // What several read models share lies beside them; none imports another.
  {
    from: { path: '^projections/([^/]+)/' },
    to: { path: ['^projections/$1/', '^projections/[^/]+\\.ts$', '^libs/(ticket|projection)/'] },
  },
  { from: { path: '^projections/[^/]+\\.ts$' }, to: { path: ['^projections/', '^libs/(ticket|projection)/'] } },
  { from: { path: '^projections/.*\\.spec\\.ts$' }, to: { path: [SHARED_BY_SPECS, '^libs/', '^projections/'] } },
];

/** Packages and Node's own modules are allowed at large here; what is not, stands under `forbidden`. */
const outside = { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'] };

module.exports = {
  allowed: [
    ...imports,
    ...projections,
    { from: { path: '^test/' }, to: {} },
    { from: { path: '^deploy/local/' }, to: { path: '^deploy/local/' } },
    { from: { path: '^deploy/local/' }, to: { dependencyTypes: ['core'] } },
    { from: { path: '^(apps|libs|projections)/' }, to: outside },
  ],
  allowedSeverity: 'error',
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Of what runs: a type may look back at the table that names it, since nothing of that is left to load.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'all-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'packages-are-declared',
      comment: 'A package that only another one brings can vanish with it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'the-core-is-pure',
      comment: 'libs/ticket takes nothing from outside, neither a package nor Node.',
      severity: 'error',
      from: { path: '^libs/ticket/', pathNot: SPEC },
      to: { dependencyTypes: outside.dependencyTypes },
    },
    {
      name: 'nest-in-apps-only',
      severity: 'error',
      from: { path: '^(libs|projections)/' },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'the-tool-bridge-is-a-client',
      comment: 'It speaks to the API over HTTP and to hosts by the SDK: no server framework, no database, no log.',
      severity: 'error',
      from: { path: '^apps/tool-bridge/', pathNot: SPEC },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: 'node_modules/(@modelcontextprotocol/(server|node)|undici|jose|ajv|pino)/',
      },
    },
    {
      name: 'the-pages-run-in-a-browser',
      severity: 'error',
      from: { path: '^apps/cockpit/src/', pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'development-packages-in-tests-only',
      comment: 'The pages are bundled, so what they are made of is needed by the build alone.',
      severity: 'error',
      from: { path: '^(apps|libs|projections)/', pathNot: `(${SPEC}|^apps/cockpit/)` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist/|jest\\.config\\.mjs$)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
