/** One mapping of the path names, that of package.json "imports"; tests run the sources, the build is for what starts as a process. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^#tables/(.*)$': '<rootDir>/libs/custody/tables/$1',
    '^#([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^#([a-z-]+)/([a-z-]+)$': '<rootDir>/libs/$1/src/$2/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  setupFilesAfterEnv: ['<rootDir>/test/properties/seed.ts'],
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.{unit,int,e2e}.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  cacheDirectory: '<rootDir>/.jest-cache',
  // jest keeps what a suite loaded as ES modules for as long as its process lives: two hundred suites in one process end its heap
  // (seen with jest 30 on two cores, where it would otherwise run them all in its own). A worker over the limit is replaced.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  // A test that hangs ends; how fast a crowded machine is says nothing about the code.
  testTimeout: 120_000,
};
