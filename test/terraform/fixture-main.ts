/** The fixture provider as a program, as providers/terraform/main.ts is littoral's. */
import { run } from '../../providers/terraform/protocol/plugin';

void run(
  {
    load: () => {
      // A provider that prints while it loads must not spoil the handshake.
      console.log('loaded the fixture');
      return (require('./fixture') as typeof import('./fixture')).fixture;
    },
    name: 'fixture',
    version: '1.0.0',
    address: 'registry.terraform.io/littoral/fixture',
  },
  process,
);
