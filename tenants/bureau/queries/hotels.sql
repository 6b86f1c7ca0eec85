-- Room-nights, revenue, occupancy, average price and RevPAR of each hotel, from its night audits.
SELECT sender, COUNT(DISTINCT about) AS nights,
       SUM(available) AS available, SUM(sold) AS sold, SUM(revenue) AS revenue_fen,
       CAST(ROUND(10000.0 * SUM(sold) / NULLIF(SUM(available), 0)) AS BIGINT) AS occupancy_bp,
       CAST(ROUND(1.0 * SUM(revenue) / NULLIF(SUM(sold), 0)) AS BIGINT) AS average_price_fen,
       CAST(ROUND(1.0 * SUM(revenue) / NULLIF(SUM(available), 0)) AS BIGINT) AS revpar_fen
FROM (
  SELECT sender, about,
         CAST(json_extract_scalar(value, '$.roomsAvailable') AS BIGINT) AS available,
         CAST(json_extract_scalar(value, '$.roomsSold') AS BIGINT) AS sold,
         CAST(json_extract_scalar(value, '$.roomRevenue') AS BIGINT) AS revenue,
         ROW_NUMBER() OVER (PARTITION BY sender, about, name ORDER BY said DESC, id DESC) AS place
  FROM gauges
  WHERE SUBSTR(name, 1, 5) = 'audit' AND about >= CAST(? AS DATE) AND about < CAST(? AS DATE)
) nights
WHERE place = 1
GROUP BY sender
ORDER BY sender
