-- Who reported how: received, late, after the books were closed, replaced, refused.
SELECT sender,
       SUM(CASE WHEN name = 'received' THEN amount ELSE 0 END) AS received,
       SUM(CASE WHEN name = 'late' THEN amount ELSE 0 END) AS late,
       SUM(CASE WHEN name = 'after' THEN amount ELSE 0 END) AS after_close,
       SUM(CASE WHEN name = 'replaced' THEN amount ELSE 0 END) AS replaced,
       SUM(CASE WHEN name IN ('quarantined', 'parked') THEN amount ELSE 0 END) AS refused
FROM figures
WHERE date >= CAST(? AS DATE) AND date < CAST(? AS DATE)
GROUP BY sender
ORDER BY sender
