/**
 * Contracts to base units. The kinds and sizes (in units of 1e-8) of all instruments come as the bound arrays
 * `contract_kinds` and `contract_sizes`; `instrument` is the row's place in them.
 */

const lots = (decimal: string): string => `toInt256(reinterpretAsInt128(${decimal}))`;
const kind = "{contract_kinds:Array(UInt8)}[instrument]";
const size = "arrayMap(text -> toInt256(text), {contract_sizes:Array(String)})[instrument]";

/**
 * Quantity in base units as Decimal(38, 8), half rounded up at the eighth decimal; 0 when it does not fit or there is no price.
 * Linear: contracts times size. Inverse: contracts times size (in quote units) over the price.
 */
export function baseQuantity(contracts: string, price: string): string {
  const product = `${lots(contracts)} * ${size}`;
  const linear = `intDiv(${product} + 50000000, 100000000)`;
  const priceLots = `toInt256(reinterpretAsInt64(${price}))`;
  const inverse = `intDivOrZero(${product} * 2 + ${priceLots}, ${priceLots} * 2)`;
  return `multiIf(${kind} = 0, ${contracts}, ${kind} = 1, ${fitted(linear)}, ${fitted(inverse)})`;
}

/** Value in quote units of a number of inverse contracts, Nullable; NULL for other kinds. */
export function quoteValue(contracts: string): string {
  const product = `intDiv(${lots(contracts)} * ${size} + 50000000, 100000000)`;
  return `if(${kind} = 2, ${fitted(product)}, NULL)`;
}

function fitted(exact: string): string {
  const limit = "toInt256('100000000000000000000000000000000000000')";
  return `if(${exact} < ${limit}, reinterpret(toInt128(${exact}), 'Decimal(38, 8)'), toDecimal128(0, 8))`;
}
