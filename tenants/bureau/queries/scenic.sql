-- Entries, refusals, tickets and ticket income of each scenic area, by district.
SELECT district, sender,
       SUM(CASE WHEN name = 'admitted' THEN amount ELSE 0 END) AS admitted,
       SUM(CASE WHEN name = 'refused' THEN amount ELSE 0 END) AS refused,
       SUM(CASE WHEN name = 'sold' THEN amount ELSE 0 END) AS tickets,
       SUM(CASE WHEN name = 'sold_fen' THEN amount ELSE 0 END) AS income_fen
FROM figures
WHERE kind = 'scenic' AND date >= CAST(? AS DATE) AND date < CAST(? AS DATE)
GROUP BY district, sender
ORDER BY district, sender
