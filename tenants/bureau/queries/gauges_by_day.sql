-- The latest word on everything that is a state and not a sum, by the day that it speaks of.
SELECT about, sender, name, said, id, value
FROM (
  SELECT about, sender, name, said, id, value,
         ROW_NUMBER() OVER (PARTITION BY sender, about, name ORDER BY said DESC, id DESC) AS place
  FROM gauges
) newest
WHERE place = 1 AND about >= CAST(? AS DATE) AND about < CAST(? AS DATE)
ORDER BY about, sender, name
