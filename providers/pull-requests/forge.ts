/** Forge: what a pull request needs of the server that has it. */

/** A comment or description with the marker of littoral in it. */
export interface Comment {
  readonly id: number;
  readonly text: string;
}

/** A pull request. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  /** The commit that was reviewed last. */
  readonly headSha: string;
}

/** What to open. */
export interface Proposal {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly text: string;
}

/** An open client of a forge; close it. */
export interface Forge {
  /** Characters that a comment may have. */
  readonly mostCharacters: number;
  /** Comments of a pull request that its own login wrote: those of others are never taken for ours. */
  readonly ownComments: (number: number) => Promise<readonly Comment[]>;
  readonly createComment: (number: number, text: string) => Promise<void>;
  readonly editComment: (number: number, id: number, text: string) => Promise<void>;
  /** The open pull request from a branch of the repository itself. */
  readonly openFrom: (branch: string) => Promise<PullRequest | undefined>;
  /** The pull request that a commit of the base branch was merged by. */
  readonly mergedBy: (commit: string) => Promise<PullRequest | undefined>;
  readonly open: (proposal: Proposal) => Promise<PullRequest>;
  readonly edit: (number: number, title: string, text: string) => Promise<void>;
  readonly close: (number: number) => Promise<void>;
  readonly end: () => Promise<void>;
}
