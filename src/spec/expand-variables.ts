/** `${NAME}` in texts. */

/**
 * The text with every ${NAME} replaced by the variable's value, and the names of variables that are not set (each once; an
 * empty value counts as set). Only values of the text itself are replaced: a variable that holds `${X}` stays as it is.
 */
export function expandVariables(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly value: string; readonly missing: readonly string[] } {
  const missing = new Set<string>();
  const value = text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (written, name: string) => {
    const found = Object.hasOwn(env, name) ? env[name] : undefined;
    if (found === undefined) missing.add(name);
    return found ?? written;
  });
  return { value, missing: [...missing] };
}
