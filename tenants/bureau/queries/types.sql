-- Events by type: how many came, how many late, when the last was received.
SELECT type, COUNT(*) AS received,
       SUM(CASE WHEN late THEN 1 ELSE 0 END) AS late,
       MAX(received) AS last_received
FROM events
WHERE status = 'actual' AND date >= CAST(? AS DATE) AND date < CAST(? AS DATE)
GROUP BY type
ORDER BY type
