import type { Metric } from '../metric.js';

/**
 * How many of the clients get an answer in a second: throughput does not tell
 * many that are served from few that are served often.
 */
export const servedEachSecond: Metric = { name: 'clients served each second %', better: 'higher' };

/** Of the requests and connections that ended: refused, cut, or answered with something else than 200. */
export const failedShare: Metric = { name: 'failed %', better: 'lower' };

/** Processor time of the clients' process by time. */
export const generatorCpu: Metric = { name: 'clients cpu %', better: 'lower', condition: true };

/** 1 where the clients' process was at its own limit: what was measured is then the least that the server can do. */
export const generatorSaturated: Metric = { name: 'clients saturated', better: 'lower', condition: true };
