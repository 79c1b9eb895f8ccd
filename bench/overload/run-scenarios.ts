import { openOutput, showProgress, type Output } from '../harness/output.js';
import { measureCell, type CellResult } from './cell.js';
import { figuresOf, type Figures } from './figures.js';
import { findPeak, type Peak } from './peak.js';
import { cellLines, peakLines, settingLine, timelineLines } from './report/lines.js';
import { summary } from './report/summary.js';
import { scenarioTable, type Row } from './report/table.js';
import type { Scenario } from './scenario.js';
import { findScenario } from './scenarios/catalogue.js';
import { usualLoads, type Settings } from './settings.js';
import { scanStatic } from './static-scan.js';
import type { StaticSetting } from './subject.js';

/**
 * A generator that was late though it used less of its processor was disturbed
 * by others; one that used more would be late again.
 */
const disturbedBelow = 0.7;

/** Measures every contender under every load of every scenario that was asked for, and reports as it goes. */
export async function runScenarios(settings: Settings, json: string | undefined): Promise<void> {
  const output = openOutput(json);
  const all: (Row & { readonly scenario: string })[] = [];
  for (const name of settings.scenarios) {
    const rows = await runScenario(findScenario(name), settings, output);
    all.push(...rows.map((row) => ({ ...row, scenario: name })));
  }
  output.table?.(summary(all));
}

async function runScenario(scenario: Scenario, settings: Settings, output: Output): Promise<readonly Row[]> {
  const emit = (lines: readonly object[]): void => {
    for (const line of lines) output.json?.(`${JSON.stringify(line)}\n`);
  };
  const peak = await findPeak(scenario, settings, showProgress);
  emit(peakLines(scenario, peak));
  const setting = settings.contenders.some(({ subject }) => subject === 'static')
    ? (settings.staticSetting ?? (await scanStatic(scenario, settings, peak, showProgress)))
    : null;
  if (setting !== null) emit([settingLine(scenario, setting)]);

  const rows: Row[] = [];
  for (const load of settings.loads ?? scenario.loads ?? usualLoads) {
    const found = await measureLoad(scenario, settings, { load, peak, setting }, emit);
    rows.push(...found);
    emit(cellLines(scenario, found));
  }
  showProgress('');
  output.table?.(scenarioTable(scenario, peak, setting, rows));
  return rows;
}

/** All contenders under one load. They take turns, so that a slow minute of the machine hits all alike. */
async function measureLoad(
  scenario: Scenario,
  settings: Settings,
  { load, peak, setting }: { readonly load: number; readonly peak: Peak; readonly setting: StaticSetting | null },
  emit: (lines: readonly object[]) => void,
): Promise<readonly Row[]> {
  const runs = settings.contenders.map((one) => ({ ...one, results: [] as CellResult[], figures: [] as Figures[] }));
  for (let round = 1; round <= settings.runs; round++) {
    for (const { name, subject, without, results, figures } of runs) {
      showProgress(`${scenario.name} load=${load} ${name} (${round} of ${settings.runs})`);
      const cast = { subject, without, ...(subject === 'static' && setting !== null && { setting }) };
      const result = await measureUndisturbed(() => measureCell(scenario, settings, cast, load, peak));
      results.push(result);
      figures.push(figuresOf(scenario, result, peak));
      if (scenario.phases !== undefined) emit(timelineLines(scenario, load, name, result, peak));
    }
  }
  return runs.map(({ name, results, figures }) => ({
    load,
    subject: name,
    figures,
    notes: results.flatMap(({ exit }) => (exit === null ? [] : [exit.reason])),
  }));
}

/** A measurement in which the generator had no time to itself is made again, once: the second time may be quieter. */
async function measureUndisturbed(measure: () => Promise<CellResult>): Promise<CellResult> {
  const first = await measure();
  const { saturated, cpuShare } = first.open.own;
  return saturated && cpuShare < disturbedBelow ? measure() : first;
}
