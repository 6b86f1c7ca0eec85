-- Guests of hotels and homestays by country, and by province for the mainland.
SELECT SUBSTR(name, 6) AS origin, SUM(amount) AS guests
FROM figures
WHERE name LIKE 'from.%' AND date >= CAST(? AS DATE) AND date < CAST(? AS DATE)
GROUP BY SUBSTR(name, 6)
ORDER BY guests DESC, origin
