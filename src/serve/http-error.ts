/** Refusals: an HTTP status, a code that programs can tell apart, and a sentence. Never anything of the inside. */

export const httpErrorCodes = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  too_large: 413,
  misdirected: 421,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type HttpErrorCode = keyof typeof httpErrorCodes;

export class HttpError extends Error {
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.name = "HttpError";
    this.code = code;
  }

  get statusCode(): number {
    return httpErrorCodes[this.code];
  }
}

/** The answer to whatever was thrown: our own refusals as they are, the framework's in our form, all else as `internal`. */
export function toHttpError(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  const { statusCode, code, validation, validationContext } = thrown as Partial<{
    statusCode: number;
    code: string;
    validation: readonly Violation[];
    validationContext: string;
  }>;
  if (validation !== undefined) {
    return new HttpError(
      "bad_request",
      `The request is wrong: ${violation(validationContext, validation[0])}.`,
    );
  }
  if (code === "FST_ERR_HANDLER_TIMEOUT") {
    return new HttpError("unavailable", "The answer took too long and was given up.");
  }
  if (statusCode === 413) return new HttpError("too_large", "The body is larger than this route takes.");
  if (statusCode === 429) return new HttpError("rate_limited", "Too many requests; wait a moment.");
  if (statusCode === 415) {
    return new HttpError("bad_request", "The body must be JSON (content-type: application/json).");
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpError(
      "bad_request",
      "The request cannot be read: its body, headers or path are malformed.",
    );
  }
  return new HttpError("internal", "The request failed here. The service's log says why.");
}

interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** In words: a pattern is no help to who reads it, and the name of a superfluous property is. */
function violation(context = "it", found: Violation | undefined): string {
  const place = `${context === "querystring" ? "query" : context}${found?.instancePath ?? ""}`;
  if (found?.keyword === "pattern") return `${place} does not have the expected form`;
  if (found?.keyword === "additionalProperties") return `${place} has something that is not expected`;
  return `${place} ${found?.message ?? "is wrong"}`;
}
