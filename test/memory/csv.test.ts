import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import { parseBufferTable, planMemory, printBufferTable } from '../../compiler/memory/index.ts';
import { problems } from './random-problem.ts';

describe('buffer tables', () => {
  it('read what they wrote', () => {
    const shape = { maxBuffers: 20, maxStep: 30, maxSize: 5000, alignments: [1, 4, 16], fixed: true };
    fc.assert(
      fc.property(problems(shape), ({ buffers }) => {
        const named = buffers.map((buffer) => ({ ...buffer, id: `b${buffer.id}` }));
        expect(parseBufferTable(printBufferTable(named), 't.csv')).toEqual(named);
      }),
      { seed: 3 },
    );
  });

  it('hold a plan in the offset column', () => {
    const buffers = parseBufferTable('id,lower,upper,size\na,0,2,10\nb,1,3,20\n', 't.csv');
    const text = printBufferTable(buffers, planMemory({ buffers }).offsets);
    expect(text).toMatch(/^id,lower,upper,size,offset\na,0,2,10,\d+\nb,1,3,20,\d+\n$/);
    expect(planMemory({ buffers: parseBufferTable(text, 't.csv') }).heightBytes).toBe(30);
  });

  it('take columns in any order, a byte order mark, CRLF and blank lines at the end', () => {
    const text = '\uFEFFsize, upper ,lower,id\r\n4,3,0,b1\r\n\r\n';
    const b1 = { id: 'b1', firstStep: 0, lastStep: 2, sizeBytes: 4, alignmentBytes: 1 };
    expect(parseBufferTable(text, 't.csv')).toEqual([b1]);
  });

  const head = 'id,lower,upper,size';
  it.each([
    ['an empty file', '', 1, /column/],
    ['a missing column', 'id,lower,size\n', 1, /no column upper/],
    ['an unknown column', `${head},colour\n`, 1, /colour/],
    ['a column twice', `${head},size\n`, 1, /twice/],
    ['a cell too few', `${head}\na,0,1\n`, 2, /3 cells/],
    ['a negative number', `${head}\na,-1,1,4\n`, 2, /lower '-1'/],
    ['a fraction', `${head}\na,0,1,4.5\n`, 2, /size '4.5'/],
    ['a number beyond 10^15', `${head}\na,0,1,${'9'.repeat(400)}\n`, 2, /size '9{40}…'/],
    ['a blank size', `${head}\na,0,1,\n`, 2, /size ''/],
    ['an empty lifetime', `${head}\na,5,5,4\n`, 2, /lower 5, upper 5/],
    ['an id twice', `${head}\na,0,1,4\na,1,2,4\n`, 3, /id 'a' of line 2 again/],
    ['no id', `${head}\n,0,1,4\n`, 2, /empty id/],
    ['alignment 0', `${head},alignment\na,0,1,4,0\n`, 2, /alignment 0/],
    ['an offset off its alignment', `${head},offset,alignment\na,0,1,4,6,4\n`, 2, /offset 6, alignment 4/],
    ['offsets that collide', `${head},offset\na,0,2,4,0\nb,1,3,4,3\n`, 3, /'a' and 'b' share/],
    ['too many buffers', head + '\na,0,1,4'.repeat(10_001), 10_002, /one buffer too many/],
  ])('refuse %s', (_, text, line, found) => {
    const error = refusal(text);
    expect(error.diagnostics[0]).toMatchObject({ name: 'malformed-buffer-table', where: `t.csv:${line}` });
    expect(error.diagnostics[0]?.found).toMatch(found);
  });

  it('name all lines that are wrong, up to twenty', () => {
    expect(refusal(`${head}\n${'x\n'.repeat(3)}`).diagnostics).toHaveLength(3);
    expect(refusal(`${head}\n${'x\n'.repeat(100)}`).diagnostics).toHaveLength(20);
  });

  it('give a diagnostic or buffers for any text', () => {
    const cell = fc.oneof(fc.constantFrom('id', 'lower', '0', '7', ',', '\n', '\r', '"', '-', '1e9'), fc.string());
    fc.assert(
      fc.property(fc.array(cell), fc.boolean(), (cells, headed) => {
        const text = (headed ? `${head},offset\n` : '') + cells.join(headed ? ',' : '');
        try {
          planMemory({ buffers: parseBufferTable(text, 't.csv') }, { maxIterations: 10 });
        } catch (error) {
          expect(error).toBeInstanceOf(DiagnosticError);
        }
      }),
      { numRuns: 2000, seed: 4 },
    );
  });
});

function refusal(text: string): DiagnosticError {
  try {
    parseBufferTable(text, 't.csv');
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return error;
    }
  }
  throw new Error('was not refused');
}
