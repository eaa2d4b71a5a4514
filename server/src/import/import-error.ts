/** Why an import cannot be begun or go on. Bad lines are no such failure: they are reported and passed over. */
export const IMPORT_ERRORS = {
  import_map_invalid: 'The mapping file is wrong',
  import_file_unreadable: 'The file cannot be read',
  import_columns_missing: 'The file does not have the columns that the mapping names',
  import_running: 'Another process imports the same file at this moment',
} as const;

export class ImportError extends Error {
  readonly code: keyof typeof IMPORT_ERRORS;

  constructor(code: keyof typeof IMPORT_ERRORS, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'ImportError';
    this.code = code;
  }
}
