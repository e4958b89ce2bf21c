import { apiUrl } from './service.mjs';

const HOW_TO_GIVE_A_KEY = `

  export KEY=$(npm run --silent key:create -- --service default --role admin --scopes commands:run)
  npm run demo`;

/** One call of the public REST API, with the API key in KEY where there is one. @throws with the problem's own words */
export async function call(method, path, body) {
  const response = await fetch(apiUrl() + path, {
    method,
    headers: headersFor(body, process.env.KEY?.trim()),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status === 401) throw new Error(refusalOf(process.env.KEY?.trim()));
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function headersFor(body, key) {
  return {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key && { authorization: `Bearer ${key}` }),
  };
}

function refusalOf(key) {
  const why = key
    ? 'The service does not take the API key in the environment variable KEY (401).'
    : 'The service has access control (401): give an API key in the environment variable KEY.';
  return `${why} To make one, while the service runs:${HOW_TO_GIVE_A_KEY}`;
}
