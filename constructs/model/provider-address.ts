/** The address of the Terraform provider, and what a configuration of Terraform's command line needs to find it. */

/**
 * Host, namespace and type. The top-level domain `invalid` is reserved by RFC 2606: nobody can own the host, so a tool
 * that does not find the provider installed asks no registry where somebody else might have taken its name.
 */
export const PROVIDER_ADDRESS = 'littoral.invalid/littoral/littoral';

/** Where a command line's configuration may lie, in the order the tools look: a variable, then files of the home folder. */
export function cliConfigurationPaths(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly string[] {
  const given = environment.TF_CLI_CONFIG_FILE ?? environment.TERRAFORM_CONFIG;
  if (given !== undefined && given !== '') return [given];
  const folder = environment.APPDATA;
  const windows = folder === undefined ? [] : [`${folder}/tofu.rc`, `${folder}/terraform.rc`];
  return [...windows, `${home}/.tofurc`, `${home}/.terraformrc`];
}

/** Whether such a configuration keeps the tools from looking below `terraform.d/plugins`: it says itself where providers are, and not where this one is. */
export function hidesProvider(configuration: string): boolean {
  const code = configuration.replace(/^\s*(#|\/\/).*$/gm, '');
  return /\bprovider_installation\b/.test(code) && !code.includes(hostOf(PROVIDER_ADDRESS));
}

/** What to say when `file` hides the provider, which is installed below `folder`, the parent of the host's folder. */
export function hiddenProviderWords(file: string, folder: string): string {
  const include = `${hostOf(PROVIDER_ADDRESS)}/*/*`;
  return `${file} has provider_installation, so Terraform looks only where that says and not below ${folder}.
Add to its provider_installation, and exclude = ["${include}"] to the other methods there:

  filesystem_mirror {
    path    = ${JSON.stringify(folder)}
    include = ["${include}"]
  }

Or, where littoral is the only provider: terraform init -plugin-dir=${folder}
(for cdktf deploy: TF_CLI_ARGS_init=-plugin-dir=${folder})`;
}

function hostOf(address: string): string {
  return address.slice(0, address.indexOf('/'));
}
