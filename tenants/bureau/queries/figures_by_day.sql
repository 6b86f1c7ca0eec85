-- What each sender's events add up to, by business day: equal to the live figures.
SELECT date, sender, name, SUM(amount) AS amount, MAX(heard) AS heard
FROM figures
WHERE date >= CAST(? AS DATE) AND date < CAST(? AS DATE)
GROUP BY date, sender, name
ORDER BY date, sender, name
