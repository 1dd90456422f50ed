// Reads the columns of every FOLDER/*.parquet and *.duckdb with readers that are not ours, and writes what they saw as CSV beside them, for a test to
// compare: NAME.parquet.hyparquet (a reader in JavaScript), NAME.parquet.duckdb and NAME.duckdb.duckdb (DuckDB of Node.js).
import { readdirSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const folder = process.argv[2]
const TIMES = new Set(['start_time', 'end_time'])

// Nanoseconds since 1970 as RFC 3339 with nine digits.
function time(nanos) {
  const second = nanos / 1000000000n
  const fraction = (nanos % 1000000000n).toString().padStart(9, '0')
  return new Date(Number(second) * 1000).toISOString().slice(0, 19) + '.' + fraction + 'Z'
}

function csv(columns, rows) {
  return [columns, ...rows].map(row => row.join(',') + '\n').join('')
}

async function withHyparquet(name) {
  const file = await asyncBufferFromFile(name)
  const metadata = await parquetMetadataAsync(file)
  const columns = metadata.schema.slice(1).map(column => column.name)
  const objects = await parquetReadObjects({ file, metadata, compressors, parsers: { timestampFromNanoseconds: nanos => time(nanos) } })
  const rows = objects.map(object => columns.map(column => (column === 'duration' ? object[column].toFixed(9) : object[column])))
  writeFileSync(name + '.hyparquet', csv(columns, rows))
}

async function withDuckDb(connection, name, from) {
  const described = await connection.runAndReadAll(`SELECT column_name FROM (DESCRIBE FROM ${from})`)
  const columns = described.getRows().map(row => row[0])
  const values = columns.map(column => (TIMES.has(column) ? `epoch_ns(${column})::VARCHAR` : `${column}::VARCHAR`))
  const answer = await connection.runAndReadAll(`SELECT ${values.join(', ')} FROM ${from}`)
  const rows = answer.getRows().map(row => row.map((value, i) => (TIMES.has(columns[i]) ? time(BigInt(value)) : value)))
  writeFileSync(name + '.duckdb', csv(columns, rows))
}

const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' })
const connection = await instance.connect()
for (const found of readdirSync(folder).sort()) {
  const name = `${folder}/${found}`
  if (found.endsWith('.parquet')) {
    await withHyparquet(name)
    await withDuckDb(connection, name, `read_parquet('${name}')`)
  } else if (found.endsWith('.database.duckdb')) {
    await connection.run(`ATTACH '${name}' AS source (READ_ONLY)`)
    await withDuckDb(connection, name, 'source.flows')
    await connection.run('DETACH source')
  }
}
