-- Refunds are repeated by idempotency key too: which one the key booked.
ALTER TABLE payment_keys ADD COLUMN refund_id {uuid};

-- Payments that failed though the provider never refused them are looked at once more.
UPDATE payments SET next_attempt_at = 0 WHERE status = 3;
CREATE INDEX payments_failed_in_doubt ON payments (next_attempt_at, id) WHERE status = 3 AND next_attempt_at > 0;
