/* SPDX-License-Identifier: GPL-2.0 */
/*
 * engine_model.h - a simple model of the simulated kernel
 *
 * The model is written from Documentation/semantics.rst. It keeps plain lists: the
 * four-tuples that the simulated kernel has, and the entries of its cache. It has no hash.
 * Its times are milliseconds and seconds of 64 bits. It tracks what the simulated kernel
 * has of a four-tuple, so it does not read what a SYN matches on the running kernel.
 *
 * The running kernel decides in two cases. Where the simulated kernel lets a SYN in, it has
 * from then on what the running kernel has (model_adopt()). And a request of the simulated
 * kernel ends with that of the running kernel (model_end()).
 */
#ifndef FUZZ_ENGINE_MODEL_H
#define FUZZ_ENGINE_MODEL_H

#include "observation.h"
#include "stats.h"

#define MODEL_NAMESPACES	2
#define MODEL_TUPLES		32
#define MODEL_PEERS		16

/* The slots of the death row before 4.1: those of 128 ms come before those of 7.5 s. */
#define MODEL_SHORT_SLOTS	32
#define MODEL_LONG_SLOTS	8
#define MODEL_SLOTS		(MODEL_SHORT_SLOTS + MODEL_LONG_SLOTS)

#define MODEL_NEVER		(~0ULL)

/**
 * enum model_state - what a kernel has of a four-tuple
 * @MODEL_NOTHING: nothing
 * @MODEL_COOKIE: nothing, but it answered a SYN with a cookie
 * @MODEL_REQUEST: a request socket
 * @MODEL_OPEN: a full socket
 * @MODEL_MINI: a mini-socket
 * @MODEL_TIMEWAIT: a TIME-WAIT socket, no mini-socket
 */
enum model_state {
	MODEL_NOTHING,
	MODEL_COOKIE,
	MODEL_REQUEST,
	MODEL_OPEN,
	MODEL_MINI,
	MODEL_TIMEWAIT,
};

/**
 * struct model_tuple - a four-tuple
 * @conn: the four-tuple
 * @state: what there is of it
 * @expires: when a mini-socket or TIME-WAIT socket ends, unless it is in a slot
 * @slot: its slot of the death row, negative for none
 * @timeo: how long a mini-socket is to live in TIME-WAIT, milliseconds
 * @has_record: the engine has a record of the mini-socket or TIME-WAIT socket, because
 *	its connection left a stamp
 */
struct model_tuple {
	struct twr_conn conn;
	enum model_state state;
	u64 expires;
	int slot;
	u64 timeo;
	bool has_record;
};

/**
 * struct model_peer - an entry of the cache, or a peer that was rejected
 * @key: the peer; its hash is not used
 * @ts: the TSval of the stamp
 * @second: the second of the stamp, 0 if there is none
 * @used: when the entry was last used
 * @rejected: SYNs that were rejected, for each enum twr_verdict
 * @checked: SYNs that were held against the peer's entry from the first rejection on
 */
struct model_peer {
	struct twr_key key;
	u32 ts;
	u64 second;
	u64 used;
	u64 rejected[TWR_VERDICTS];
	u64 checked;
};

/* The most SYNs that wait for a retry. */
#define MODEL_WAITS	16000

/**
 * struct model_wait - a rejected SYN that a client sends again
 * @key: the peer
 * @timed: it has a timestamp
 * @tsval: its TSval
 * @sent: when it came, milliseconds
 * @second: the same moment, as stamps have it
 * @retries: how many of its retries have been rejected
 */
struct model_wait {
	struct twr_key key;
	bool timed;
	u32 tsval;
	u64 sent;
	u64 second;
	unsigned int retries;
};

/**
 * struct model - a simulated kernel
 * @version: its release: 2.6.32 is 20632, 3.14 is 31400
 * @syn_fin: it takes a SYN with FIN for a SYN
 * @hz: ticks a second of all clients' clocks
 * @schedule: when they send a SYN again: "linux", "linux-6.5" or "bsd"
 * @waits: number of rejected SYNs that wait for a retry
 * @now: milliseconds
 * @second: the same moment, as stamps have it
 * @tuple: the four-tuples
 * @entry: the cache
 * @offender: the peers that were rejected
 * @number: the numbers of twr_counter_files, for each namespace
 * @unnamed: TIME-WAIT sockets in each slot of which the engine has no record
 * @hand: the short slot that comes first (twcal_hand)
 * @hand_at: when that slot is due (twcal_jiffie)
 * @short_at: when the timer of the short slots fires (twcal_timer)
 * @next: the long slot that is emptied next (slot)
 * @long_at: when the timer of the long slots fires (tw_timer)
 */
struct model {
	unsigned int version;
	bool syn_fin;
	u32 hz;
	const char *schedule;
	unsigned int waits;
	u64 now;
	u64 second;
	struct model_tuple tuple[MODEL_TUPLES];
	unsigned int tuples;
	struct model_peer entry[MODEL_PEERS];
	unsigned int entries;
	struct model_peer offender[MODEL_PEERS];
	unsigned int offenders;
	u64 number[MODEL_NAMESPACES][TWR_COUNTER_FILES];
	unsigned int unnamed[MODEL_SLOTS];
	int hand;
	u64 hand_at;
	u64 short_at;
	int next;
	u64 long_at;
};

/**
 * struct model_answer - what becomes of a SYN
 * @checked: it is held against the cache
 * @verdict: the result of that
 * @known: its peer has an entry
 * @ts: the TSval in that entry
 * @second: its second
 * @let_in: the simulated kernel accepts it
 */
struct model_answer {
	bool checked;
	enum twr_verdict verdict;
	bool known;
	u32 ts;
	u64 second;
	bool let_in;
};

/* Set @model up for the era @name. */
void model_init(struct model *model, const char *name, u32 hz, const char *schedule);

/* It is @now, in milliseconds, and @second. The model does what was due until now. */
void model_set_time(struct model *model, u64 now, u64 second);

/* Return: what the simulated kernel has of a four-tuple. */
struct model_tuple *model_tuple(struct model *model, const struct twr_conn *conn);

/* Return: true if TIME-WAIT sockets go by the slots of the death row. */
bool model_has_slots(const struct model *model);

/* Return: true if an IPv6 SYN that reopens a TIME-WAIT socket is checked. */
bool model_checks_reopened(const struct model *model);

/* Return: why the listener does not check the SYN, TWR_NOT_EXEMPT if it does. */
enum twr_exempt_reason model_listener(const struct model *model, const struct twr_syn *syn);

/* Return: true if the check would reject the SYN. */
bool model_rejects(struct model *model, const struct twr_syn *syn);

/* A SYN came in the namespace @netns. */
struct model_answer model_syn(struct model *model, const struct twr_syn *syn, u32 netns);

/* Return: true if the stamp of the connection is recorded. */
bool model_change(struct model *model, const struct twr_conn_change *change);

/* A segment came that puts the timer of a TIME-WAIT socket back to 60 s. */
void model_rearm(struct model *model, const struct twr_conn *conn);

/*
 * The simulated kernel has what the running kernel has: @state, which ends at @expires. It
 * has no TIME-WAIT socket that left a stamp: the engine does not know when that one ended.
 */
void model_adopt(struct model *model, const struct twr_conn *conn,
		 enum model_state state, bool has_stamp, u64 expires);

/* The simulated kernel has nothing of the four-tuple any more. */
void model_end(struct model *model, const struct twr_conn *conn);

/* Forget everything. The caller calls model_adopt() for each four-tuple. */
void model_reset(struct model *model);

/* The running kernel answers a SYN with an ACK out of TIME-WAIT; @let_in: the model does not. */
void model_count_refused(struct model *model, u32 netns, bool let_in);

/* No client sends its SYN again any more. */
void model_forget_waits(struct model *model);

/* Return: the entry of a peer, or NULL. */
struct model_peer *model_entry(struct model *model, const struct twr_key *key);

/* Return: what there is of a peer that was rejected, or NULL. */
struct model_peer *model_offender(struct model *model, const struct twr_key *key);

/* Return: how many entries a namespace has. */
unsigned int model_peers(struct model *model, u32 netns);

#endif /* FUZZ_ENGINE_MODEL_H */
