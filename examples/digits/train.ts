/** Makes the committed digit classifier: trains, quantizes, measures, and writes digits.ms, digits.tflite and digits.json. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { writeMslite, writeTflite } from '../../compiler/frontends/index.ts';
import { loadImages, splitRule } from './images.ts';
import { countCorrect, countCorrectQuantized } from './training/accuracy.ts';
import { describeMslite, describeTflite } from './training/describe.ts';
import { createNetwork, roundParameters, type Schedule, train } from './training/learn.ts';
import { quantize } from './training/quantize.ts';
import { seededRandom } from './training/random.ts';

const seed = 2;
const schedule: Schedule = { epochs: 18, batchSize: 32, stepSize: 3e-3 };

/** Ranges are taken from every eighth training image: 1,000 of them, 100 or so of every digit. */
const calibrationStep = 8;

const { training, test } = loadImages();
const calibration = training.filter((_, i) => i % calibrationStep === 0);
const random = seededRandom(seed);
const network = createNetwork(random);
train(network, training, schedule, random, (epoch, loss) => {
  console.log(`epoch ${epoch} of ${schedule.epochs}: mean loss ${loss.toFixed(4)}`);
});
roundParameters(network);
const layers = quantize(network, calibration);

const files = {
  'digits.ms': writeMslite(describeMslite(layers)),
  'digits.tflite': writeTflite(describeTflite(layers)),
};
const record = {
  seed,
  schedule,
  split: { rule: splitRule, training: training.length, calibration: calibration.length, test: test.length },
  testAccuracyPercent: {
    float: percent(countCorrect(network, test)),
    int8: percent(countCorrectQuantized(layers, test)),
  },
  files: Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name,
      { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ]),
  ),
};
for (const [name, contents] of Object.entries({ ...files, 'digits.json': `${JSON.stringify(record, null, 2)}\n` })) {
  writeFileSync(new URL(name, import.meta.url), contents);
}
console.log(JSON.stringify(record, null, 2));

function percent(correct: number): number {
  return Math.round((10000 * correct) / test.length) / 100;
}
