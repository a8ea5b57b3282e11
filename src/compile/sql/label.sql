SELECT
  exchange, market_type, symbol, bucket_id, bucket_ts_start, bucket_ts_end, available_at,
  label_v AS v,
  {{outputs}}
FROM (
  SELECT
    *,
    least({{window}}, steps - steps_out_of_reach) AS realised,
    -- Sums of squares are exact, so a difference of two running sums does not depend on where they began.
    {{squares}} AS squares
  FROM (
    SELECT
      *,
      max(squares_so_far) OVER (PARTITION BY exchange, market_type, symbol ORDER BY steps RANGE BETWEEN {{window}} PRECEDING AND {{window}} PRECEDING) AS squares_before,
      max(squares_so_far) OVER out_of_reach AS squares_out_of_reach,
      max(steps) OVER out_of_reach AS steps_out_of_reach
    FROM (
      SELECT
        *,
        toInt64(count(step) OVER so_far) AS steps,
        sum({{square}}) OVER so_far AS squares_so_far
      FROM (
        -- The return of one bucket, per square root of a second; the last ones before a label's start are its sigma.
        SELECT
          *,
          if(step_ms >= {{min_ms}} AND step_ms > 0, log(price / max(price) OVER before_it) / sqrt(step_ms / 1000), NULL) AS step
        FROM (
          SELECT
            *,
            end_ms - if(count() OVER before_it = 0, end_ms, max(end_ms) OVER before_it) AS step_ms
          FROM (
            {{horizon}}
          )
          WINDOW before_it AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
        )
        WINDOW before_it AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING)
      )
      WINDOW so_far AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    )
    WINDOW out_of_reach AS (PARTITION BY exchange, market_type, symbol ORDER BY bucket_id RANGE BETWEEN UNBOUNDED PRECEDING AND {{reach}} PRECEDING)
  )
)
WHERE is_closed AND (exchange, market_type, symbol, bucket_id) IN (SELECT exchange, market_type, symbol, bucket_id FROM buckets)
