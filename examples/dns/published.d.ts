/** Of other providers' packages the classes and arguments that the examples use, as the packages publish them, so that the examples are checked without installing them. */

declare module '@pulumi/aws' {
  import type { CustomResource, CustomResourceOptions, Input } from '@pulumi/pulumi';
  export namespace route53 {
    interface RecordArgs {
      zoneId: Input<string>;
      name: Input<string>;
      type: Input<string>;
      ttl?: Input<number>;
      records?: Input<Input<string>[]>;
      setIdentifier?: Input<string>;
      healthCheckId?: Input<string>;
      geolocationRoutingPolicies?: Input<
        Input<{ continent?: Input<string>; country?: Input<string>; subdivision?: Input<string> }>[]
      >;
    }
    interface HealthCheckArgs {
      type: Input<string>;
      ipAddress?: Input<string>;
      fqdn?: Input<string>;
      port?: Input<number>;
      resourcePath?: Input<string>;
      requestInterval?: Input<number>;
      failureThreshold?: Input<number>;
    }
    class Record extends CustomResource {
      constructor(name: string, args: RecordArgs, opts?: CustomResourceOptions);
    }
    class HealthCheck extends CustomResource {
      constructor(name: string, args: HealthCheckArgs, opts?: CustomResourceOptions);
    }
  }
}

declare module '@pulumi/cloudflare' {
  import type { CustomResource, CustomResourceOptions, Input } from '@pulumi/pulumi';
  interface LoadBalancerPoolArgs {
    accountId: Input<string>;
    name: Input<string>;
    minimumOrigins?: Input<number>;
    origins: Input<
      Input<{ name?: Input<string>; address?: Input<string>; enabled?: Input<boolean> }>[]
    >;
  }
  interface LoadBalancerArgs {
    zoneId: Input<string>;
    name: Input<string>;
    proxied?: Input<boolean>;
    ttl?: Input<number>;
    steeringPolicy?: Input<string>;
    defaultPools: Input<Input<string>[]>;
    fallbackPool: Input<string>;
    countryPools?: Input<{ [country: string]: Input<Input<string>[]> }>;
    locationStrategy?: Input<{ mode?: Input<string>; preferEcs?: Input<string> }>;
  }
  export class LoadBalancerPool extends CustomResource {
    constructor(name: string, args: LoadBalancerPoolArgs, opts?: CustomResourceOptions);
  }
  export class LoadBalancer extends CustomResource {
    constructor(name: string, args: LoadBalancerArgs, opts?: CustomResourceOptions);
  }
}

declare module '@pulumi/ns1' {
  import type { CustomResource, CustomResourceOptions, Input } from '@pulumi/pulumi';
  type Meta = Input<{ [key: string]: unknown }>;
  interface RecordArgs {
    zone: Input<string>;
    domain: Input<string>;
    type: Input<string>;
    ttl?: Input<number>;
    useClientSubnet?: Input<boolean>;
    regions?: Input<Input<{ name: Input<string>; meta?: Meta }>[]>;
    answers?: Input<Input<{ answer?: Input<string>; region?: Input<string>; meta?: Meta }>[]>;
    filters?: Input<Input<{ filter: Input<string>; config?: Meta }>[]>;
  }
  export class Record extends CustomResource {
    constructor(name: string, args: RecordArgs, opts?: CustomResourceOptions);
  }
}

declare module '@pulumi/gcp' {
  import type { CustomResource, CustomResourceOptions, Input } from '@pulumi/pulumi';
  export namespace dns {
    interface RecordSetArgs {
      managedZone: Input<string>;
      name: Input<string>;
      type: Input<string>;
      ttl?: Input<number>;
      routingPolicy?: Input<{
        enableGeoFencing?: Input<boolean>;
        geos?: Input<Input<{ location: Input<string>; rrdatas?: Input<Input<string>[]> }>[]>;
      }>;
    }
    class RecordSet extends CustomResource {
      constructor(name: string, args: RecordSetArgs, opts?: CustomResourceOptions);
    }
  }
}

declare module '@cdktf/provider-aws/lib/route53-record' {
  import { type ITerraformIterator, type TerraformMetaArguments, TerraformResource } from 'cdktf';
  import type { Construct } from 'constructs';
  interface Route53RecordConfig extends TerraformMetaArguments {
    readonly zoneId: string;
    readonly name: string;
    readonly type: string;
    readonly ttl?: number;
    readonly records?: string[];
    readonly setIdentifier?: string;
    readonly geolocationRoutingPolicy?: {
      readonly continent?: string;
      readonly country?: string;
      readonly subdivision?: string;
    };
    readonly forEach?: ITerraformIterator;
  }
  export class Route53Record extends TerraformResource {
    constructor(scope: Construct, id: string, config: Route53RecordConfig);
  }
}
