import type { Queryable } from '../transaction.ts';

/**
 * The schema as text, made from the catalog, since no `pg_dump` comes with the embedded Postgres. To be read and compared, not run:
 * a change of any column, default, constraint, index, option or partition shows as a change of the text.
 */
export async function dumpSchema(database: Queryable): Promise<string> {
  const [types, functions, tables, views] = await Promise.all([
    texts(database, TYPES),
    texts(database, FUNCTIONS),
    dumpTables(database),
    texts(database, VIEWS),
  ]);
  return [...types, ...functions, ...tables, ...views].map((text) => `${lowerCase(text).trim()}\n`).join('\n');
}

/** Keywords as the project writes them; quoted text and the bodies of functions stay as they are. */
function lowerCase(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|[^'"$]+|\$/g, (token) => (/^['"$]/.test(token) ? token : token.toLowerCase()));
}

type Part = { readonly table: string; readonly text: string };

async function texts(database: Queryable, sql: string): Promise<string[]> {
  return (await database.query<{ text: string }>(sql)).rows.map((row) => row.text);
}

async function dumpTables(database: Queryable): Promise<string[]> {
  const [tables, columns, constraints, indexes] = await Promise.all(
    [TABLES, COLUMNS, CONSTRAINTS, INDEXES].map(async (sql) => (await database.query<Part>(sql)).rows),
  );
  const of = (parts: readonly Part[] | undefined, table: string): string[] => (parts ?? []).filter((part) => part.table === table).map((part) => part.text);
  return (tables ?? []).map(({ table, text }) => {
    // A partition has the columns of its parent, and its line says all.
    if (text.startsWith('partition of')) return `create table ${table} ${text};`;
    const body = [...of(columns, table), ...of(constraints, table)].map((line) => `  ${line}`).join(',\n');
    return [`create table ${table} (\n${body}\n)${text};`, ...of(indexes, table).map((index) => `${index};`)].join('\n');
  });
}

const OPTIONS = `
  coalesce(' with (' || nullif(array_to_string(
    c.reloptions || array(select 'toast.' || o from unnest((select t.reloptions from pg_class t where t.oid = c.reltoastrelid)) o), ', '), '') || ')', '')`;

const TABLES = `
select c.relname as "table",
  case when c.relispartition
    then 'partition of ' || (select p.relname from pg_inherits i join pg_class p on p.oid = i.inhparent where i.inhrelid = c.oid)
      || ' ' || pg_get_expr(c.relpartbound, c.oid)
    else '' end
  || case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end
  || case when c.relpersistence = 'u' then ' /* unlogged */' else '' end
  || ${OPTIONS} as text
from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
order by c.relname collate "C"`;

const COLUMNS = `
select c.relname as "table",
  quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
  || case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation::text else '' end
  || case when a.attstorage <> t.typstorage then ' storage ' || case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end else '' end
  || case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end
  || case when a.attgenerated <> '' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
       when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end
  || case when a.attnotnull then ' not null' else '' end as text
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
order by c.relname collate "C", a.attnum`;

/** Without those of partitions, which are their parents', and without "not null", which is a constraint since Postgres 18 only. */
const CONSTRAINTS = `
select c.relname as "table", 'constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) as text
from pg_constraint k
join pg_class c on c.oid = k.conrelid
where c.relnamespace = current_schema()::regnamespace and k.contype <> 'n' and k.conparentid = 0 and not c.relispartition
order by c.relname collate "C", k.contype <> 'p', k.conname collate "C"`;

const INDEXES = `
select c.relname as "table", pg_get_indexdef(i.indexrelid) as text
from pg_index i
join pg_class c on c.oid = i.indrelid
where c.relnamespace = current_schema()::regnamespace and not c.relispartition and c.relkind in ('r', 'p')
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
order by c.relname collate "C", i.indexrelid::regclass::text collate "C"`;

const FUNCTIONS = `
select pg_get_functiondef(p.oid) || ';' as text
from pg_proc p
where p.pronamespace = current_schema()::regnamespace and p.prokind in ('f', 'p')
order by p.proname collate "C", p.oid::regprocedure::text collate "C"`;

const VIEWS = `
select 'create view ' || c.relname || ' as' || chr(10) || pg_get_viewdef(c.oid) as text
from pg_class c
where c.relkind in ('v', 'm') and c.relnamespace = current_schema()::regnamespace
order by c.relname collate "C"`;

const TYPES = `
select 'create type ' || t.typname || ' as enum (' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) || ');' as text
from pg_type t join pg_enum e on e.enumtypid = t.oid
where t.typnamespace = current_schema()::regnamespace
group by t.typname
order by t.typname collate "C"`;
