/** The format of a kind of credential, if its provider gives it a distinctive one. */
export interface Format {
  rule: string;
  /**
   * Matches everything that can belong to the credential, so that no part survives. It must not backtrack over its
   * repetitions, and must either match or fail soon.
   */
  pattern: string;
  /** The source of the format: the provider's own pages, or `gitleaks` for its default rules. */
  from: string;
  /**
   * Where it may begin: a provider's prefix anywhere except after a letter, a prefix that looks like a word only at the
   * start of one, an unmistakable one anywhere.
   */
  begins: 'at-word' | 'after-no-letter' | 'anywhere';
}

const prefixed = (rule: string, pattern: string, from: string): Format => ({
  rule,
  pattern,
  from,
  begins: 'after-no-letter',
});
const shaped = (rule: string, pattern: string, from: string): Format => ({
  rule,
  pattern,
  from,
  begins: 'at-word',
});
/** No letter, digit, `_` or `-` may follow: for formats of a fixed length, which a hash could contain. */
const edge = '(?![\\w-])';
/** Classes, for Node 22 knows no `(?i:…)`. */
const anyCase = (plain: string) => plain.replace(/[a-z]/g, (char) => `[${char}${char.toUpperCase()}]`);
const slackHook = anyCase('hooks\\.slack\\.com/(?:services|workflows|triggers)/');
const hex = (length: number) => `[0-9a-fA-F]{${length}}${edge}`;

export const formats: Format[] = [
  // Everywhere
  shaped('jwt', 'ey[\\w-]{10,}\\.(?:ey)?[\\w-]{10,}(?:\\.[\\w-]*){1,3}', 'RFC 7519, RFC 7516'),
  // Clouds
  prefixed(
    'aws',
    `A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|ROA|SIA|3T[A-Z0-9])[A-Z0-9]{16}(?!\\w)`,
    'docs.aws.amazon.com, IAM identifiers',
  ),
  shaped('aws', 'ABSK[A-Za-z0-9+/]{100,}={0,2}', 'gitleaks'),
  shaped('aws', 'bedrock-api-key-[A-Za-z0-9+/=_-]{20,}', 'gitleaks'),
  shaped('aws', 'amzn\\.mws\\.[0-9a-f]{8}-[0-9a-f-]{27}', 'developer-docs.amazon.com'),
  shaped(
    'aws',
    '(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[\\w+/=-]{50,}',
    'docs.aws.amazon.com, session tokens',
  ),
  shaped('gcp', 'AIza[\\w-]{35}', 'cloud.google.com, API keys'),
  shaped('gcp', 'ya29\\.[\\w.-]{20,}', 'developers.google.com, OAuth access tokens'),
  shaped('gcp', 'GOCSPX-[\\w-]{20,}', 'developers.google.com, OAuth client secrets'),
  shaped('gcp', '1//0[\\w-]{30,}', 'developers.google.com, refresh tokens'),
  shaped('azure', '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', 'gitleaks'),
  shaped(
    'azure',
    '[A-Za-z0-9+/]{81}A(?:Ch|Ct|SbC|RAA|RDb|zC)[A-Za-z0-9+/]{3,7}={0,2}',
    'learn.microsoft.com, common annotated keys',
  ),
  shaped('azure', 'sig=[A-Za-z0-9%+/]{43,}(?:%3[Dd]|=)', 'learn.microsoft.com, shared access signatures'),
  shaped('alibaba', `LTAI[A-Za-z0-9]{12,24}${edge}`, 'alibabacloud.com, AccessKey pairs'),
  shaped('tencent', `AKID[A-Za-z0-9]{32}${edge}`, 'tencentcloud.com, API keys'),
  shaped(
    'yandex',
    '(?:AQVN[\\w-]{35,}|t1\\.[A-Z0-9a-z_-]+=*\\.[\\w-]{80,}=*)',
    'yandex.cloud, API keys and IAM tokens',
  ),
  prefixed('digitalocean', '(?:do[por]_v1_[a-f0-9]{64}|DO00[A-Z0-9]{16})', 'docs.digitalocean.com'),
  shaped('heroku', 'HRKU-[\\w-]{30,}', 'devcenter.heroku.com'),
  prefixed('flyio', '(?:fo1_[\\w-]{40,}|fm[12][ar]?_[A-Za-z0-9+/]{80,}={0,3})', 'fly.io, tokens'),
  prefixed('render', 'rnd_[A-Za-z0-9]{28,}', 'render.com, API keys'),
  prefixed('netlify', 'nfp_[A-Za-z0-9]{36,}', 'docs.netlify.com'),
  prefixed('vercel', 'vc[piark]_[A-Za-z0-9]{20,}', 'vercel.com, token formats'),
  shaped('cloudflare', 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}', 'gitleaks'),
  prefixed('cloudflare', 'cf(?:k|ut|at)_[A-Za-z0-9]{40,}', 'developers.cloudflare.com'),
  prefixed('planetscale', 'pscale_(?:tkn|pw|oauth)_[\\w=.-]{30,}', 'planetscale.com'),
  prefixed(
    'supabase',
    '(?:sbp_(?:v\\d+_)?[a-f0-9]{40,}|sb_(?:secret|publishable)_[\\w-]{20,})',
    'supabase.com, access tokens and API keys',
  ),
  prefixed('databricks', '(?:dapi|dose|dsapi|dkea)[A-Fa-f0-9]{32}(?:-\\d)?', 'docs.databricks.com'),
  prefixed('neon', 'napi_[a-z0-9]{40,}', 'neon.tech'),
  shaped('clickhouse', `4b1d[A-Za-z0-9]{38}${edge}`, 'gitleaks'),
  prefixed('tailscale', 'tskey-[a-z]{2,20}-[\\w-]{16,}', 'tailscale.com, key prefixes'),
  // Code and packages
  prefixed(
    'github',
    '(?:gh[pousr]_[\\w-]{30,}(?:\\.[\\w-]+){0,2}|ghs_\\d{1,20}_[\\w-]+\\.[\\w-]+\\.[\\w-]*)',
    'docs.github.com, token formats',
  ),
  prefixed('github', 'github_pat_[A-Za-z0-9_]{30,}', 'docs.github.com, token formats'),
  prefixed(
    'gitlab',
    '(?:gl(?:pat|ptt|dt|rt|rtr|ft|imt|oas|soat|ffct|agent|cbt)-|gloas-)[\\w.-]{20,}',
    'docs.gitlab.com, token prefixes',
  ),
  shaped('gitlab', 'GR1348941[\\w-]{20,}', 'docs.gitlab.com, token prefixes'),
  shaped('bitbucket', 'ATBB[A-Za-z0-9]{24,}', 'support.atlassian.com'),
  shaped('atlassian', 'AT(?:ATT3|CTT3|SC)[\\w=-]{50,}', 'support.atlassian.com, API tokens'),
  prefixed('npm', 'npm_\\w{36,}', 'docs.npmjs.com, access tokens'),
  shaped('pypi', 'pypi-[\\w-]{50,}', 'pypi.org, API tokens'),
  prefixed('rubygems', 'rubygems_[a-f0-9]{40,}', 'guides.rubygems.org'),
  shaped('nuget', `oy2[a-z0-9]{43}${edge}`, 'learn.microsoft.com, NuGet API keys'),
  shaped('crates', `cio[A-Za-z0-9]{32}${edge}`, 'crates.io, API tokens'),
  shaped('clojars', 'CLOJARS_[A-Za-z0-9]{50,}', 'clojars.org'),
  prefixed('docker', 'dckr_(?:pat|oat)_[\\w-]{20,}', 'docs.docker.com'),
  shaped('artifactory', '(?:AKCp[A-Za-z0-9]{60,}|cmVmd[A-Za-z0-9]{50,})', 'jfrog.com, reference tokens'),
  prefixed(
    'sourcegraph',
    'sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}',
    'sourcegraph.com, token formats',
  ),
  shaped('circleci', 'CC(?:IPAT|IPRJ)_[A-Za-z0-9]{20,}_[a-f0-9]{40}', 'circleci.com, API tokens'),
  prefixed('buildkite', 'bkua_[a-f0-9]{40}', 'buildkite.com'),
  prefixed('sonar', 'sq[upa]_[a-f0-9]{40}', 'docs.sonarsource.com'),
  shaped('terraform', '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,}', 'developer.hashicorp.com, API tokens'),
  prefixed('hashicorp-vault', 'hv[sbr]\\.[\\w-]{20,}', 'developer.hashicorp.com, Vault tokens'),
  shaped(
    'hashicorp-vault',
    `s\\.[A-Za-z0-9]{24}${edge}`,
    'developer.hashicorp.com, Vault tokens before 1.10',
  ),
  shaped('pulumi', 'pul-[a-f0-9]{40}', 'pulumi.com, access tokens'),
  shaped(
    'doppler',
    'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,}',
    'docs.doppler.com',
  ),
  shaped('1password', 'A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}', 'support.1password.com, secret keys'),
  prefixed('1password', 'ops_ey[\\w+/=-]{40,}', 'developer.1password.com, service accounts'),
  shaped('age', 'AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}', 'age-encryption.org'),
  shaped('octopus', `API-[A-Z0-9]{26,}${edge}`, 'octopus.com'),
  shaped('harness', '(?:pat|sat)\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}', 'developer.harness.io'),
  shaped('openshift', 'sha256~[\\w-]{43}', 'docs.openshift.com'),
  prefixed('prefect', 'pn[ub]_[A-Za-z0-9]{36}', 'docs.prefect.io'),
  // Models
  prefixed('huggingface', '(?:hf_|api_org_)[A-Za-z0-9]{30,}', 'huggingface.co, user access tokens'),
  prefixed('groq', 'gsk_[A-Za-z0-9]{40,}', 'console.groq.com'),
  shaped('xai', 'xai-[\\w-]{40,}', 'docs.x.ai'),
  shaped('perplexity', 'pplx-[A-Za-z0-9]{40,}', 'docs.perplexity.ai'),
  prefixed('replicate', 'r8_[A-Za-z0-9]{37,}', 'replicate.com'),
  shaped('nvidia', 'nvapi-[\\w-]{40,}', 'docs.nvidia.com'),
  shaped('tavily', 'tvly-[\\w-]{20,}', 'docs.tavily.com'),
  prefixed('langsmith', 'lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}', 'docs.smith.langchain.com'),
  prefixed('pinecone', 'pcsk_[\\w]{40,}', 'docs.pinecone.io'),
  // Messages, mail, telephony
  prefixed(
    'slack',
    'xox[abceoprsd](?:\\.xox[bp])?-(?:(?:[A-Za-z0-9]+-)+[A-Za-z0-9]+|[A-Za-z0-9]{7,})',
    'api.slack.com, token types',
  ),
  prefixed('slack', 'xapp-(?:[A-Za-z0-9]+-)+[A-Za-z0-9]+', 'api.slack.com, token types'),
  prefixed(
    'slack',
    `(?:${anyCase('https?://')})?${slackHook}(?:[A-Za-z0-9+/]{30,}|[tT]\\w+/[bB]\\w+/[\\w-]+)`,
    'api.slack.com, incoming webhooks',
  ),
  shaped(
    'discord',
    '(?:[MNO][\\w-]{23,27}\\.[\\w-]{6,7}\\.[\\w-]{27,}|mfa\\.[\\w-]{80,})',
    'discord.com, bot tokens',
  ),
  shaped(
    'discord',
    'discord(?:app)?\\.com/api/(?:v\\d+/)?webhooks/\\d{17,20}/[\\w-]{60,}',
    'discord.com, webhooks',
  ),
  shaped('telegram', `\\d{7,12}:[\\w-]{34,36}${edge}`, 'core.telegram.org, bots'),
  shaped('teams', 'webhook\\.office\\.com/webhookb2/[\\w@/-]{80,}', 'gitleaks'),
  shaped('twilio', `(?:SK|AC)${hex(32)}`, 'twilio.com, API keys'),
  prefixed('sendgrid', 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}', 'sendgrid.com, API keys'),
  shaped('mailgun', `(?:key|pubkey)-[0-9a-f]{32}${edge}`, 'documentation.mailgun.com'),
  shaped('mailgun', `[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}${edge}`, 'documentation.mailgun.com'),
  shaped('mailchimp', `[0-9a-f]{32}-us\\d{1,2}${edge}`, 'mailchimp.com, API keys'),
  shaped('brevo', 'x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}', 'developers.brevo.com'),
  prefixed('resend', 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}', 'resend.com'),
  shaped('postman', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}', 'learning.postman.com'),
  // Money, shops
  prefixed('stripe', '(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{16,}', 'docs.stripe.com, API keys'),
  prefixed('stripe', 'whsec_[A-Za-z0-9+/=]{24,}', 'docs.stripe.com, webhook signatures'),
  prefixed('shopify', 'shp(?:at|ca|pa|ss|ua)_[A-Za-z0-9]{32,}', 'shopify.dev'),
  shaped('square', '(?:EAAA[\\w-]{56,}|sq0[a-z]{3}-[\\w-]{22,})', 'developer.squareup.com'),
  prefixed(
    'paypal',
    'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
    'developer.paypal.com, Braintree',
  ),
  shaped('plaid', 'access-(?:sandbox|development|production)-[0-9a-f-]{36}', 'plaid.com'),
  shaped('adyen', 'AQE[a-z0-9][\\w+/=-]{60,}', 'docs.adyen.com'),
  shaped('flutterwave', 'FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?', 'developer.flutterwave.com'),
  shaped('easypost', 'EZ[AT]K[A-Za-z0-9]{54}', 'docs.easypost.com'),
  prefixed('shippo', 'shippo_(?:live|test)_[a-fA-F0-9]{40}', 'docs.goshippo.com'),
  prefixed('duffel', 'duffel_(?:live|test)_[\\w=-]{43}', 'duffel.com'),
  // Watching
  prefixed('datadog', 'dd(?:apikey|app|pat)_[A-Za-z0-9]{32,}', 'docs.datadoghq.com'),
  shaped('new-relic', 'NR(?:AK|II|AA|RA|SP|BR)-[\\w-]{20,}', 'docs.newrelic.com, API keys'),
  shaped('new-relic', '[a-f0-9]{36}NRAL', 'docs.newrelic.com, license keys'),
  prefixed(
    'grafana',
    '(?:glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8})',
    'grafana.com, service accounts',
  ),
  shaped('grafana', 'eyJrIjoi[A-Za-z0-9+/=]{50,}', 'grafana.com, API keys'),
  prefixed('sentry', 'sntry[usa]_[\\w+/=-]{40,}', 'docs.sentry.io, auth tokens'),
  shaped(
    'dynatrace',
    'dt0[a-z]\\d{2}\\.[A-Z0-9a-z]{24}\\.[A-Z0-9a-z]{64}',
    'docs.dynatrace.com, token format',
  ),
  prefixed('honeycomb', 'hc[abi](?:ik|mk)_[A-Za-z0-9]{26}[A-Za-z0-9]{32}', 'docs.honeycomb.io'),
  prefixed('posthog', 'ph[xs]_[A-Za-z0-9]{40,}', 'posthog.com'),
  shaped(
    'launchdarkly',
    '(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
    'docs.launchdarkly.com',
  ),
  prefixed('rollbar', 'rollbar_[a-f0-9]{32}', 'docs.rollbar.com'),
  shaped('infracost', `ico-[A-Za-z0-9]{32}${edge}`, 'gitleaks'),
  // Work
  prefixed('linear', 'lin_(?:api|oauth)_\\w{32,}', 'linear.app, API keys'),
  prefixed('notion', '(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})', 'developers.notion.com'),
  prefixed('figma', 'fig(?:d|o|ur|oh|or)_[\\w-]{36,}', 'figma.com, personal access tokens'),
  shaped('airtable', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', 'airtable.com'),
  shaped('asana', '[012]/\\d{13,20}(?:/\\d{13,20})?:[a-f0-9]{32}', 'developers.asana.com'),
  shaped('dropbox', 'sl\\.(?:u\\.)?[\\w-]{100,}', 'dropbox.com, short-lived tokens'),
  shaped('adobe', 'p8e-[A-Za-z0-9]{32}', 'developer.adobe.com'),
  shaped('hubspot', 'pat-(?:na|eu|ap)\\d-[0-9a-f-]{36}', 'developers.hubspot.com'),
  shaped('contentful', 'CFPAT-[\\w-]{40,}', 'contentful.com'),
  prefixed('readme', 'rdme_[a-z0-9]{70}', 'docs.readme.com'),
  prefixed('typeform', 'tfp_[\\w-]{40,}', 'typeform.com'),
  shaped('frameio', 'fio-u-[\\w=-]{64}', 'developer.frame.io'),
  shaped('mapbox', 'sk\\.eyJ[\\w-]{50,}\\.[\\w-]{20,}', 'docs.mapbox.com'),
  shaped('okta', `(?:SSWS[= ])?00[A-Za-z0-9][\\w-]{39}${edge}`, 'developer.okta.com, API tokens'),
  shaped('facebook', 'EA(?:A[A-Z]|AC)[A-Za-z0-9]{80,}', 'developers.facebook.com, access tokens'),
  shaped('facebook', '\\d{15,16}\\|[\\w-]{27,40}', 'developers.facebook.com, app tokens'),
  shaped('twitter', 'A{20,}[A-Za-z0-9%]{30,}', 'developer.x.com, bearer tokens'),
  shaped('twitter', `\\d{15,19}-[A-Za-z0-9]{40}${edge}`, 'developer.x.com, access tokens'),
  shaped('maxmind', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk', 'dev.maxmind.com'),
  // Everywhere
  shaped(
    'cloud-signature',
    '(?:X-Amz-Signature|X-Goog-Signature|Signature)=[0-9a-fA-F]{64,}',
    'docs.aws.amazon.com, cloud.google.com, signed URLs',
  ),
  // OpenAI, Anthropic, OpenRouter and many others
  shaped(
    'secret-key-prefix',
    'sk[-_](?=[\\w-]{0,200}?(?:\\d|[a-z][A-Z]))[\\w-]{16,}',
    'platform.openai.com, docs.anthropic.com, openrouter.ai, API keys',
  ),
  { rule: 'anthropic', pattern: 'sk-ant-[\\w-]{20,}', from: 'secretlint', begins: 'anywhere' },
  {
    rule: 'openai',
    pattern:
      'sk-(?:(?:proj|svcacct|admin)-(?:[\\w-]{74}|[\\w-]{58})T3BlbkFJ[\\w-]{58,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20,})',
    from: 'secretlint',
    begins: 'anywhere',
  },
];
