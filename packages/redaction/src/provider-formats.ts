/**
 * The formats of credentials that can be told by their look, where the maintained rule set has none or is
 * narrower than what the provider issues. A pattern is matched at an edge of a word and takes all that
 * can belong to the credential, so that none survives in part; it must not backtrack over what it repeats.
 */
export interface ProviderFormat {
  rule: string;
  pattern: string;
  /** Who says that it looks like this: the provider's own pages, or `gitleaks` for its default rules. */
  from: string;
  /** What may stand before it: no character of a word (the default), no letter, or anything. */
  edge?: 'no-letter' | 'none';
  /** What has to hold at a place before the pattern is tried there: what it could only learn by reading far ahead. */
  where?(place: Place): boolean;
}

/** What is known of a place in a text at no cost. */
export interface Place {
  text: string;
  at: number;
  /** Where the letters, digits, `_` and `-` around the place end. */
  end: number;
  /** How many more of them come after a dot there, and how many such dots follow one another, up to two. */
  next: number;
  dots: number;
  /** Where a digit, or a capital after a small letter, comes next. */
  mixed: number;
}

export const format = (
  rule: string,
  pattern: string,
  from: string,
  more: Pick<ProviderFormat, 'edge' | 'where'> = {},
): ProviderFormat => ({ rule, pattern, from, ...more });
/** A part that has to stand so many characters on: told at once where most of the format could be anything. */
const has =
  (part: string, offset: number) =>
  ({ text, at }: Place) =>
    text.startsWith(part, at + offset);
/** No letter, digit, `_` or `-` may follow: for formats of a fixed length, which a hash could contain. */
const edge = '(?![\\w-])';
const hex = (length: number) => `[0-9a-fA-F]{${length}}${edge}`;

export const providerFormats: ProviderFormat[] = [
  // Clouds
  format(
    'aws',
    `(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|A3T[A-Z0-9])[A-Z0-9]{16}${edge}`,
    'docs.aws.amazon.com, IAM identifiers',
  ),
  format('aws', 'ABSK[A-Za-z0-9+/]{100,}={0,2}', 'gitleaks'),
  format('aws', 'bedrock-api-key-[A-Za-z0-9+/=_-]{20,}', 'gitleaks'),
  format('aws', 'amzn\\.mws\\.[0-9a-f]{8}-[0-9a-f-]{27}', 'developer-docs.amazon.com'),
  format(
    'aws',
    '(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[\\w+/=-]{50,}',
    'docs.aws.amazon.com, session tokens',
  ),
  format('gcp', 'AIza[\\w-]{35}', 'cloud.google.com, API keys'),
  format('gcp', 'ya29\\.[\\w.-]{20,}', 'developers.google.com, OAuth access tokens'),
  format('gcp', 'GOCSPX-[\\w-]{20,}', 'developers.google.com, OAuth client secrets'),
  format('gcp', '1//0[\\w-]{30,}', 'developers.google.com, refresh tokens'),
  format('azure', '[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', 'gitleaks', { where: has('Q~', 4) }),
  format(
    'azure',
    '[A-Za-z0-9+/]{81}A(?:Ch|Ct|SbC|RAA|RDb|zC)[A-Za-z0-9+/]{3,7}={0,2}',
    'learn.microsoft.com, common annotated keys',
    {
      where: ({ text, at }) =>
        text[at + 81] === 'A' && /^(?:Ch|Ct|Sb|RA|RD|zC)/.test(text.slice(at + 82, at + 84)),
    },
  ),
  format('azure', 'sig=[A-Za-z0-9%+/]{43,}(?:%3[Dd]|=)', 'learn.microsoft.com, shared access signatures'),
  format('alibaba', `LTAI[A-Za-z0-9]{12,24}${edge}`, 'alibabacloud.com, AccessKey pairs'),
  format('tencent', `AKID[A-Za-z0-9]{32}${edge}`, 'tencentcloud.com, API keys'),
  format(
    'yandex',
    '(?:AQVN[\\w-]{35,}|t1\\.[A-Z0-9a-z_-]+=*\\.[\\w-]{80,}=*)',
    'yandex.cloud, API keys and IAM tokens',
  ),
  format('digitalocean', '(?:do[por]_v1_[a-f0-9]{64}|DO00[A-Z0-9]{16})', 'docs.digitalocean.com'),
  format('heroku', 'HRKU-[\\w-]{30,}', 'devcenter.heroku.com'),
  format('flyio', '(?:fo1_[\\w-]{40,}|fm[12][ar]?_[A-Za-z0-9+/]{80,}={0,3})', 'fly.io, tokens'),
  format('render', 'rnd_[A-Za-z0-9]{28,}', 'render.com, API keys'),
  format('netlify', 'nfp_[A-Za-z0-9]{36,}', 'docs.netlify.com'),
  format('vercel', 'vc[piark]_[A-Za-z0-9]{20,}', 'vercel.com, token formats'),
  format('cloudflare', 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}', 'gitleaks'),
  format('cloudflare', 'cf(?:k|ut|at)_[A-Za-z0-9]{40,}', 'developers.cloudflare.com'),
  format('planetscale', 'pscale_(?:tkn|pw|oauth)_[\\w=.-]{30,}', 'planetscale.com'),
  format(
    'supabase',
    '(?:sbp_(?:v\\d+_)?[a-f0-9]{40,}|sb_(?:secret|publishable)_[\\w-]{20,})',
    'supabase.com, access tokens and API keys',
  ),
  format('databricks', '(?:dapi|dose|dsapi|dkea)[a-f0-9]{32}(?:-\\d)?', 'docs.databricks.com'),
  format('neon', 'napi_[a-z0-9]{40,}', 'neon.tech'),
  format('clickhouse', `4b1d[A-Za-z0-9]{38}${edge}`, 'gitleaks'),
  format('tailscale', 'tskey-[a-z]{2,20}-[\\w-]{16,}', 'tailscale.com, key prefixes'),
  // Code and packages
  format('github', 'gh[pousr]_[A-Za-z0-9_]{30,}(?:\\.[\\w-]+){0,2}', 'docs.github.com, token formats'),
  format('github', 'github_pat_[A-Za-z0-9_]{30,}', 'docs.github.com, token formats'),
  format(
    'gitlab',
    '(?:gl(?:pat|ptt|dt|rt|rtr|ft|imt|oas|soat|ffct|agent|cbt)-|gloas-)[\\w.-]{20,}',
    'docs.gitlab.com, token prefixes',
  ),
  format('gitlab', 'GR1348941[\\w-]{20,}', 'docs.gitlab.com, token prefixes'),
  format('bitbucket', 'ATBB[A-Za-z0-9]{24,}', 'support.atlassian.com'),
  format('atlassian', 'AT(?:ATT3|CTT3|SC)[\\w=-]{50,}', 'support.atlassian.com, API tokens'),
  format('npm', `npm_[A-Za-z0-9]{36,}`, 'docs.npmjs.com, access tokens'),
  format('pypi', 'pypi-[\\w-]{50,}', 'pypi.org, API tokens'),
  format('rubygems', 'rubygems_[a-f0-9]{40,}', 'guides.rubygems.org'),
  format('nuget', `oy2[a-z0-9]{43}${edge}`, 'learn.microsoft.com, NuGet API keys'),
  format('crates', `cio[A-Za-z0-9]{32}${edge}`, 'crates.io, API tokens'),
  format('clojars', 'CLOJARS_[A-Za-z0-9]{50,}', 'clojars.org'),
  format('docker', 'dckr_(?:pat|oat)_[\\w-]{20,}', 'docs.docker.com'),
  format('artifactory', '(?:AKCp[A-Za-z0-9]{60,}|cmVmd[A-Za-z0-9]{50,})', 'jfrog.com, reference tokens'),
  format(
    'sourcegraph',
    'sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}',
    'sourcegraph.com, token formats',
  ),
  format('circleci', 'CC(?:IPAT|IPRJ)_[A-Za-z0-9]{20,}_[a-f0-9]{40}', 'circleci.com, API tokens'),
  format('buildkite', 'bkua_[a-f0-9]{40}', 'buildkite.com'),
  format('sonar', 'sq[upa]_[a-f0-9]{40}', 'docs.sonarsource.com'),
  format('terraform', '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,}', 'developer.hashicorp.com, API tokens', {
    where: has('.atlasv1.', 14),
  }),
  format('hashicorp-vault', 'hv[sbr]\\.[\\w-]{20,}', 'developer.hashicorp.com, Vault tokens'),
  format(
    'hashicorp-vault',
    `s\\.[A-Za-z0-9]{24}${edge}`,
    'developer.hashicorp.com, Vault tokens before 1.10',
  ),
  format('pulumi', 'pul-[a-f0-9]{40}', 'pulumi.com, access tokens'),
  format(
    'doppler',
    'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,}',
    'docs.doppler.com',
  ),
  format('1password', 'A3-[A-Z0-9]{6}-[A-Z0-9-]{20,}', 'support.1password.com, secret keys'),
  format('1password', 'ops_ey[\\w+/=-]{40,}', 'developer.1password.com, service accounts'),
  format('age', 'AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}', 'age-encryption.org'),
  format('octopus', `API-[A-Z0-9]{26,}${edge}`, 'octopus.com'),
  format('harness', '(?:pat|sat)\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}', 'developer.harness.io'),
  format('openshift', 'sha256~[\\w-]{43}', 'docs.openshift.com'),
  format('prefect', 'pn[ub]_[A-Za-z0-9]{36}', 'docs.prefect.io'),
  // Models
  format('openai', 'sk-(?:proj|svcacct|admin|None)-[\\w-]{20,}', 'platform.openai.com, API keys'),
  format('anthropic', 'sk-ant-[\\w-]{20,}', 'docs.anthropic.com, API keys'),
  format('openrouter', 'sk-or-(?:v1-)?[\\w-]{20,}', 'openrouter.ai'),
  format('huggingface', '(?:hf_|api_org_)[A-Za-z0-9]{30,}', 'huggingface.co, user access tokens'),
  format('groq', 'gsk_[A-Za-z0-9]{40,}', 'console.groq.com'),
  format('xai', 'xai-[\\w-]{40,}', 'docs.x.ai'),
  format('perplexity', 'pplx-[A-Za-z0-9]{40,}', 'docs.perplexity.ai'),
  format('replicate', 'r8_[A-Za-z0-9]{37,}', 'replicate.com'),
  format('nvidia', 'nvapi-[\\w-]{40,}', 'docs.nvidia.com'),
  format('tavily', 'tvly-[\\w-]{20,}', 'docs.tavily.com'),
  format('langsmith', 'lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}', 'docs.smith.langchain.com'),
  format('pinecone', 'pcsk_[\\w]{40,}', 'docs.pinecone.io'),
  format('secret-key-prefix', 'sk[-_][\\w-]{16,}', 'the habit of many model providers', {
    where: ({ at, end, mixed }) => mixed < end && mixed - at <= 203,
  }),
  // Messages, mail, telephony
  format(
    'slack',
    'xox[abceoprsd](?:\\.xox[bp])?-(?:(?:[A-Za-z0-9]+-){1,8}[A-Za-z0-9]{6,}|[A-Za-z0-9]{7,})',
    'api.slack.com, token types',
  ),
  format('slack', 'xapp-\\d-[A-Za-z0-9-]{20,}', 'api.slack.com, token types'),
  format(
    'slack',
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{30,}',
    'api.slack.com, incoming webhooks',
  ),
  format(
    'discord',
    '(?:[MNO][\\w-]{23,27}\\.[\\w-]{6,7}\\.[\\w-]{27,}|mfa\\.[\\w-]{80,})',
    'discord.com, bot tokens',
  ),
  format(
    'discord',
    'discord(?:app)?\\.com/api/(?:v\\d+/)?webhooks/\\d{17,20}/[\\w-]{60,}',
    'discord.com, webhooks',
  ),
  format('telegram', `\\d{7,12}:[\\w-]{34,36}${edge}`, 'core.telegram.org, bots'),
  format('teams', '[a-z0-9-]+\\.webhook\\.office\\.com/webhookb2/[\\w@/-]{80,}', 'gitleaks', {
    where: ({ text, end }) => text.startsWith('.webhook.', end),
  }),
  format('twilio', `(?:SK|AC)${hex(32)}`, 'twilio.com, API keys'),
  format('sendgrid', 'SG\\.[\\w-]{16,}\\.[\\w-]{16,}', 'sendgrid.com, API keys'),
  format('mailgun', `(?:key|pubkey)-[0-9a-f]{32}${edge}`, 'documentation.mailgun.com'),
  format('mailgun', `[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}${edge}`, 'documentation.mailgun.com', {
    where: has('-', 32),
  }),
  format('mailchimp', `[0-9a-f]{32}-us\\d{1,2}${edge}`, 'mailchimp.com, API keys', { where: has('-us', 32) }),
  format('brevo', 'x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}', 'developers.brevo.com'),
  format('resend', 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}', 'resend.com'),
  format('postman', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}', 'learning.postman.com'),
  // Money, shops
  format('stripe', '(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{16,}', 'docs.stripe.com, API keys'),
  format('stripe', 'whsec_[A-Za-z0-9+/=]{24,}', 'docs.stripe.com, webhook signatures'),
  format('shopify', 'shp(?:at|ca|pa|ss|ua)_[A-Za-z0-9]{32,}', 'shopify.dev'),
  format('square', '(?:EAAA[\\w-]{56,}|sq0[a-z]{3}-[\\w-]{22,})', 'developer.squareup.com'),
  format(
    'paypal',
    'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
    'developer.paypal.com, Braintree',
  ),
  format('plaid', 'access-(?:sandbox|development|production)-[0-9a-f-]{36}', 'plaid.com'),
  format('adyen', 'AQE[a-z0-9][\\w+/=-]{60,}', 'docs.adyen.com'),
  format('flutterwave', 'FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?', 'developer.flutterwave.com'),
  format('easypost', 'EZ[AT]K[A-Za-z0-9]{54}', 'docs.easypost.com'),
  format('shippo', 'shippo_(?:live|test)_[a-fA-F0-9]{40}', 'docs.goshippo.com'),
  format('duffel', 'duffel_(?:live|test)_[\\w=-]{43}', 'duffel.com'),
  // Watching
  format('datadog', 'dd(?:apikey|app|pat)_[A-Za-z0-9]{32,}', 'docs.datadoghq.com'),
  format('new-relic', 'NR(?:AK|II|AA|RA|SP|BR)-[\\w-]{20,}', 'docs.newrelic.com, API keys'),
  format('new-relic', '[a-f0-9]{36}NRAL', 'docs.newrelic.com, license keys', { where: has('NRAL', 36) }),
  format(
    'grafana',
    '(?:glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|eyJrIjoi[A-Za-z0-9+/=]{50,})',
    'grafana.com, service accounts',
  ),
  format('sentry', 'sntry[usa]_[\\w+/=-]{40,}', 'docs.sentry.io, auth tokens'),
  format(
    'dynatrace',
    'dt0[a-z]\\d{2}\\.[A-Z0-9a-z]{24}\\.[A-Z0-9a-z]{64}',
    'docs.dynatrace.com, token format',
  ),
  format('honeycomb', 'hc[abi](?:ik|mk)_[A-Za-z0-9]{26}[A-Za-z0-9]{32}', 'docs.honeycomb.io'),
  format('posthog', 'ph[xs]_[A-Za-z0-9]{40,}', 'posthog.com'),
  format(
    'launchdarkly',
    '(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
    'docs.launchdarkly.com',
  ),
  format('rollbar', 'rollbar_[a-f0-9]{32}', 'docs.rollbar.com'),
  format('infracost', `ico-[A-Za-z0-9]{32}${edge}`, 'gitleaks'),
  // Work
  format('linear', 'lin_(?:api|oauth)_[A-Za-z0-9]{32,}', 'linear.app, API keys'),
  format('notion', '(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})', 'developers.notion.com'),
  format('figma', 'fig(?:d|o|ur|oh|or)_[\\w-]{36,}', 'figma.com, personal access tokens'),
  format('airtable', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', 'airtable.com'),
  format('asana', '[012]/\\d{13,20}(?:/\\d{13,20})?:[a-f0-9]{32}', 'developers.asana.com'),
  format('dropbox', 'sl\\.(?:u\\.)?[\\w-]{100,}', 'dropbox.com, short-lived tokens'),
  format('adobe', 'p8e-[A-Za-z0-9]{32}', 'developer.adobe.com'),
  format('hubspot', 'pat-(?:na|eu|ap)\\d-[0-9a-f-]{36}', 'developers.hubspot.com'),
  format('contentful', 'CFPAT-[\\w-]{40,}', 'contentful.com'),
  format('readme', 'rdme_[a-z0-9]{70}', 'docs.readme.com'),
  format('typeform', 'tfp_[\\w-]{40,}', 'typeform.com'),
  format('frameio', 'fio-u-[\\w=-]{64}', 'developer.frame.io'),
  format('mapbox', 'sk\\.eyJ[\\w-]{50,}\\.[\\w-]{20,}', 'docs.mapbox.com'),
  format('okta', `(?:SSWS[= ])?00[A-Za-z0-9][\\w-]{39}${edge}`, 'developer.okta.com, API tokens'),
  format('facebook', 'EA(?:A[A-Z]|AC)[A-Za-z0-9]{80,}', 'developers.facebook.com, access tokens'),
  format('facebook', '\\d{15,16}\\|[\\w-]{27,40}', 'developers.facebook.com, app tokens'),
  format('twitter', 'A{20,}[A-Za-z0-9%]{30,}', 'developer.x.com, bearer tokens'),
  format('twitter', `\\d{15,19}-[A-Za-z0-9]{40}${edge}`, 'developer.x.com, access tokens'),
  format('maxmind', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk', 'dev.maxmind.com', { where: has('_mmk', 36) }),
  // Everywhere
  format('jwt', 'ey[\\w-]{10,}\\.(?:ey)?[\\w-]{10,}(?:\\.[\\w-]*){1,3}', 'RFC 7519, RFC 7516', {
    where: ({ next, dots }) => dots >= 2 && next >= 10,
  }),
  format(
    'cloud-signature',
    '(?:X-Amz-Signature|X-Goog-Signature|Signature)=[0-9a-fA-F]{64,}',
    'docs.aws.amazon.com, cloud.google.com, signed URLs',
  ),
  format(
    'cloud-signature',
    'X-Amz-(?:Security-Token|Credential)=[\\w%+/=-]{16,}',
    'docs.aws.amazon.com, signed URLs',
  ),
];
