/** What an API server wrote down about the requests it got. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { ask } from './ask';
import type { TestCluster } from './cluster';
import { until } from './process';

/** One line of the audit log. The engines of the testbed and the API server itself are left out. */
export interface AuditEntry {
  readonly stage: 'ResponseStarted' | 'ResponseComplete' | 'Panic';
  /** get, list, watch, create, update, patch, delete, deletecollection */
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** Every finished line of the log, oldest first. */
export function readAudit(path: string): readonly AuditEntry[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditEntry);
}

/** What was asked of a cluster while `work` ran: what its log has between two requests that only mark a place. */
export async function auditedDuring(
  cluster: Pick<TestCluster, 'server' | 'ca' | 'adminToken' | 'audit'>,
  work: () => Promise<unknown>,
): Promise<readonly AuditEntry[]> {
  const from = await mark(cluster);
  await work();
  const to = await mark(cluster);
  return cluster.audit().slice(from + 1, to);
}

/** The place in the log of a request that nobody else makes. */
async function mark({
  server,
  ca,
  adminToken,
  audit,
}: Parameters<typeof auditedDuring>[0]): Promise<number> {
  const path = `/api/v1/namespaces/default?mark=${randomUUID()}`;
  await ask({ server, ca: readFileSync(ca, 'utf8'), token: adminToken }, 'GET', path);
  const place = () => audit().findIndex(({ requestURI }) => requestURI === path);
  await until(() => place() >= 0);
  return place();
}
