import perfectionist from 'eslint-plugin-perfectionist';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'data/', 'coverage/', '.jest-cache/'] },
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { perfectionist },
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Files with decorators are let be by this rule itself: Nest reads the types of constructor parameters at run time.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[importKind="type"]:has(ImportSpecifier)',
          message: 'One form for imported types: import { type X }.',
        },
        {
          // A constructor has no other form.
          selector:
            ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"], AccessorProperty, TSParameterProperty)[accessibility="private"]',
          message: 'One privacy, that of the language: #name. It holds at run time too.',
        },
        { selector: '[accessibility="public"]', message: 'Members are public unless they are #private or protected.' },
      ],
      // From afar to near: packages, the rooms of libs, the rest of this room. Imports for their effect stay where they are.
      'perfectionist/sort-imports': [
        'error',
        {
          type: 'unsorted',
          newlinesBetween: 'ignore',
          internalPattern: ['^#'],
          groups: [['builtin', 'external'], 'internal', ['parent', 'sibling', 'index'], 'unknown'],
        },
      ],
      // What is left out of a rest is named to be left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
);
