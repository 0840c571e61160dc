/**
 * How fast others are: measured in November 2026 on another machine of the same kind (2 cores of
 * an EPYC, 24 GiB), PostgreSQL 18.4 beside them, fsync and synchronous_commit on, shared_buffers
 * 1 GB, one worker process, medians of three runs.  Machines differ, so what counts is the ratio;
 * engines marked so keep no state at all.
 */
import type { PeersTable } from './workload.ts'

export const PEERS_NOTE =
  'others: measured elsewhere, on a machine of the same kind (November 2026); not run here'

export const W1_PEERS: PeersTable = {
  heads: [
    'engine',
    'steps/s',
    'rows',
    'commits',
    'WAL B',
    'worker CPU s/1,000',
    'Postgres CPU s/1,000',
    'MB',
  ],
  rows: [
    ['DBOS 5.3', '893', '1.6', '4.2', '1,324', '0.60', '1.30', '276'],
    ['Absurd 0.5', '1,123', '2.8', '2.4', '1,436', '0.22', '1.41', '96'],
    ['pgflow core', '673', '12.4', '1.2', '6,096', '0.16', '2.26', '142'],
    ['LangGraph JS, sync', '383', '7.6', '2.8', '3,751', '2.06', '1.90', '250'],
    ['LangGraph JS, async (may lose)', '539', '7.6', '2.8', '3,800', '1.43', '1.38', '258'],
    ['Graphile Worker 0.18 (no state)', '1,375', '2.8', '1.9', '1,370', '0.27', '0.77', '180'],
    ['pg-boss 12.38, one by one (no state)', '1,132', '2.8', '1.6', '2,194', '0.21', '1.11', '113'],
    [
      'pg-boss 12.38, by fifties (no state)',
      '6,978',
      '2.8',
      '0.06',
      '2,326',
      '0.06',
      '0.14',
      '109',
    ],
  ],
}

/** Median and 95th percentile. */
export const W2_PEERS: PeersTable = {
  heads: ['engine', 'median ms', 'p95 ms'],
  rows: [
    ['DBOS 5.3, started in the process', '14.1', '20'],
    ['DBOS 5.3, through its queue, poll 10 ms', '22.8', '33'],
    ['Absurd 0.5, poll 20 ms', '27', '38'],
    ['LangGraph JS, sync', '20', '31'],
    ['LangGraph JS, async (may lose)', '18', '27'],
    ['pgflow, poll 20 ms', '113', '130'],
    ['pg-boss 12.38, notify (no state)', '20', '28'],
    ['Graphile Worker 0.18 (no state)', '13.4', '20'],
  ],
}

/** With 200,000 finished tasks in the tables, against the same engine empty. */
export const W3_PEERS: PeersTable = {
  heads: ['engine', 'full, steps/s', 'empty, steps/s', 'ratio'],
  rows: [
    ['DBOS 5.3', '951', '893', '1.06'],
    ['Absurd 0.5', '319', '883', '0.36'],
    ['pg-boss 12.38, by fifties (no state)', '7,424', '6,978', '1.06'],
    ['Graphile Worker 0.18, dead rows (no state)', '697', '1,214', '0.57'],
  ],
}

/** After what time a dead worker is noticed. */
export const W5_PEERS: PeersTable = {
  heads: ['engine', 'notices a dead worker after'],
  rows: [
    ['OpenWorkflow, Hatchet', '30 s'],
    ['DBOS 5.3', '60 s (paid service; else when it restarts)'],
    ['Absurd 0.5', '120 s'],
    ['pg-boss 12.38', '15 min'],
    ['River, Oban', '60 min'],
    ['Graphile Worker 0.18', '4 h'],
  ],
}
