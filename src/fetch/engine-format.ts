import type { Settings } from "../engine/port.js";
import type { OutFormat, SpineFormat } from "./file-format.js";

/** ClickHouse's name of a format, and the settings that make it read or write what is promised, whatever a server's defaults. */
interface EngineFormat {
  readonly name: string;
  readonly settings: Settings;
}

/** Text stays as it is in the file: no trimming, no dates or NULL read into it, no key skipped. */
export const inputFormats: Readonly<Record<SpineFormat, EngineFormat>> = {
  csv: {
    name: "CSV",
    settings: {
      input_format_csv_detect_header: 0,
      input_format_csv_trim_whitespaces: 0,
      input_format_csv_skip_trailing_empty_lines: 1,
      input_format_null_as_default: 0,
      format_csv_allow_single_quotes: 0,
    },
  },
  // A file sent to a server is counted as it is decoded, so its rows must not be reordered.
  parquet: { name: "Parquet", settings: { input_format_parquet_preserve_order: 1 } },
  ndjson: {
    name: "JSONEachRow",
    settings: {
      input_format_max_rows_to_read_for_schema_inference: 1_000_000,
      input_format_try_infer_dates: 0,
      input_format_try_infer_datetimes: 0,
      input_format_json_try_infer_named_tuples_from_objects: 0,
      input_format_json_read_objects_as_strings: 1,
      input_format_json_infer_incomplete_types_as_strings: 1,
      input_format_skip_unknown_fields: 0,
    },
  },
};

/** Times are UTC; NULL is an empty field in csv. */
export const outputFormats: Readonly<Record<OutFormat, EngineFormat>> = {
  csv: {
    name: "CSVWithNames",
    settings: {
      session_timezone: "UTC",
      date_time_output_format: "simple",
      format_csv_null_representation: "",
      output_format_csv_serialize_tuple_into_separate_columns: 0,
    },
  },
  parquet: { name: "Parquet", settings: { session_timezone: "UTC" } },
  ndjson: {
    name: "JSONEachRow",
    settings: {
      session_timezone: "UTC",
      date_time_output_format: "iso",
      output_format_json_quote_64bit_integers: 0,
      output_format_json_escape_forward_slashes: 0,
    },
  },
  arrow: { name: "Arrow", settings: { session_timezone: "UTC" } },
};
