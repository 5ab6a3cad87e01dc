/** The functions of the provider, which Terraform 1.8 and OpenTofu 1.7 call as provider::littoral::NAME: pure, and of their arguments alone. */
import type { ProviderFunction } from '../protocol/provider';
import { app } from './app';
import { decision, explain } from './decision';
import { distance } from './distance';

/** By the name after `provider::littoral::`. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  app,
  decision,
  distance_kilometers: distance,
  explain,
};
