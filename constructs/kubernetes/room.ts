/** Room: what the pods of an app may request at once in a namespace while all of them are replaced. */
import type { Fill } from '../model/app/bundle';

/** A `room` fill. */
export type Room = Extract<Fill, { readonly value: 'room' }>;
/** One component of it. */
export type RoomPart = Room['parts'][number];

/** Share of the replicas that Kubernetes adds in a rollout where a Deployment says nothing, rounded up. */
export const SURGE = 0.25;
/** Pods of one surge, and those that end meanwhile and still count: as many again, and as many as may be missing. */
export const SURGES = 3;

/** What one pod adds: 1, or its request as the server will read it, in the unit of `of`. */
export function perPod(of: Room['of'], { cpuMillicores, memoryMebibytes }: RoomPart): number {
  if (of === 'pods') return 1;
  return Math.ceil(of === 'cpuMillicores' ? cpuMillicores : memoryMebibytes * 1024);
}

/** The sum over all components, with headroom. `mostOf` are the most replicas that there can be between two decisions. */
export function roomFor(
  { of, parts, headroomPercent = 0 }: Room,
  mostOf: (part: RoomPart) => number,
): number {
  const sum = parts.reduce((total, part) => {
    const most = mostOf(part);
    return total + perPod(of, part) * (most + SURGES * Math.ceil(most * SURGE));
  }, 0);
  return Math.ceil((sum * (100 + headroomPercent)) / 100);
}
