import type { Database } from '@samovar/store';

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
}

const COLUMNS = `select c.table_name, c.column_name, c.data_type from information_schema.columns c join information_schema.tables t on t.table_name = c.table_name
  and t.table_schema = c.table_schema where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' order by 1, 2`;

/** Every `table.column` of the database in which some text is found: bytes are read as text, whatever they hold. */
export async function findText(db: Database, wanted: string): Promise<string[]> {
  const { rows } = await db.query<Column & Record<string, unknown>>(COLUMNS);
  const found: string[] = [];
  for (const { table_name: table, column_name: column, data_type: type } of rows) {
    const text = type === 'bytea' ? `encode(x."${column}", 'escape')` : `x."${column}"::text`;
    const { rowCount } = await db.query(`select from "${table}" x where position(lower($1) in lower(${text})) > 0 limit 1`, [wanted]);
    if (rowCount > 0) found.push(`${table}.${column}`);
  }
  return found;
}
