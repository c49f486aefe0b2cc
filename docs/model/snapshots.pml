/* One repository: writers, pruners, people and operators over the snapshots' logs (docs/PROTOCOL.md, sections 1 to 3).
 *
 * What must hold, whatever happens (each assertion bears the name):
 *   S1  No existing snapshot refers to a deleted pack.
 *   S3  Once a set of CMKs is approved for deletion, no snapshot needs it, then or later.
 *   S4  An acknowledged hold, undelete or expiry is honoured: nothing is condemned or deleted by what was decided before it.
 *   S5  What dead actors leave behind is collected, and keeps nothing open.
 *   S6  No committed snapshot is lost: what was acknowledged exists until its deletion is decided.
 *   S7  No snapshot from behind a barrier rests on one from before it.
 * S2 (no snapshot loses its last envelope) holds by construction: nothing takes an envelope away.
 *
 * One Promela step is one request to the store. A stall is any interleaving, a crash a stall for ever. Steps bear the names of
 * docs/PROTOCOL.md (W1, P3, R9 …) and the Swift function that does them.
 *
 * An instance is chosen with -D (docs/model/instances.txt): NW writers (1 takes 0 as its base, 2 takes 1), NP pruners of RUNS runs
 * each, FAST more whole runs of a pruner at one moment, TWIN a second run of writer 1, HAND somebody who holds, undeletes, sets
 * expiries, OPS operators, REWRAP, BARRIER, JAN the janitor. DOWN lists children before their bases; EITHER reads the halves of a
 * log in either order; QUICK makes two moments of a writer. CHAIN: 1 exists in the trash as well; ORPHAN: and 0 is long gone; UNCOND: 0
 * is not in the trash; ENV1: only CMK 1 opens it.
 * -DM_… takes one rule away; -DREACH=n fails where point n is reached. */

#ifndef NW
#define NW 1
#endif
#ifndef NP
#define NP 1
#endif
#ifndef RUNS
#define RUNS 1
#endif
#ifndef FAST
#define FAST 0
#endif
#ifndef OPS
#define OPS 0
#endif
#ifndef NR
#define NR 5                  /* numbers in a log: 0, the outcome, and the rest */
#endif
#ifndef REACH
#define REACH 0
#endif
#ifdef JAN
#define LIVING provided (!quiet)
#else
#define LIVING
#endif
#define NS 3
#define NOBASE NS

/* What may stand in a log. */
#define NONE 0
#define START 1               /* at 0 */
#define MANI 2                /* at 1 */
#define ABRT 3                /* at 1 */
#define COND 4
#define UNDH 5                /* undeleted, with a hold */
#define UNDU 6                /* undeleted, with a new expiry */
#define HOLD 7
#define RELS 8
#define EXPI 9
#define ENVL 10
#define DELG 11

#define bit(i) (1<<(i))
#ifdef DOWN
#define AT(j) (NS-1-(j))
#else
#define AT(j) (j)
#endif

typedef Log { byte r[NR] };
Log s[NS];
byte base[NS], refs[NS];      /* of the start record; of the manifest's pack table */
byte packs;                   /* bit i: the pack that snapshot i uploaded is in the store */
byte purgeLog;                /* the number of purges begun. PurgeLog.newest */

/* The key log: its length is the position of whoever read it whole. */
byte klen, current, retired, announced, barrier;
byte env[NS], kpos[NS], hpos[NS], pinned[NS];  /* envelopes; positions of start record and header; PINCMK only */
byte retpos[3];

/* Ghosts: what is true, and nobody reads. */
bool S1, S3, S4, S5, S6, S7, reached;   /* never set: they give each assertion its name */
byte fin;                     /* deletion decided */
byte done;                    /* acknowledged by its writer */
byte gone;                    /* CMKs deleted */
bool held0, undeleted0;       /* snapshot 0, while it existed, was held; was undeleted, and not condemned since */
byte expiry0;                 /* how many expiries it has had */
bool stands0;                 /* what is to be acknowledged was said of a snapshot that existed */
bool quiet;                   /* all others have stopped for ever */

#ifdef M_NOVOID
#define exists0(i) true
#else
#define exists0(i) (s[i].r[0]==START)
#endif
#define live(i) (exists0(i) && s[i].r[1]==MANI && !(fin & bit(i)))
#define CHECK(i) assert(S1 || !live(i) || (refs[i] & ~packs)==0); assert(S3 || !live(i) || (env[i] & ~gone)!=0); assert(S6 || !(done & bit(i)) || live(i) || (fin & bit(i)))
#define reach(n,c) assert(REACH!=n || reached || !(c))
inline checkAll() { CHECK(0); CHECK(1); CHECK(2) }

/* ---- Reading one log: Repository.readSnapshot, Repository.forEachSnapshot ----
 * A listing shows 0 and the rest at two moments; records are immutable, so reading them adds nothing but that one of them may be gone,
 * and 0 with it: then it was purged meanwhile. */
#define READER byte has1, cnt, ver; bool has0, cond, held, dead, purged, won
inline listZero(i) { has0 = exists0(i) }
inline listRest(i) {                                    /* to stand in a d_step */
  has1 = s[i].r[1]; dead = (has1==ABRT); cond = 0; held = 0; ver = 0; cnt = 2;
  do
  :: cnt<NR && s[i].r[cnt]!=NONE ->
     if
     :: s[i].r[cnt]==COND -> cond = 1
     :: s[i].r[cnt]==UNDH -> cond = 0; held = 1
     :: s[i].r[cnt]==UNDU -> cond = 0; ver++
     :: s[i].r[cnt]==HOLD -> held = 1
     :: s[i].r[cnt]==RELS -> held = 0
     :: s[i].r[cnt]==EXPI -> ver++
     :: s[i].r[cnt]==DELG -> dead = 1
     :: else
     fi; cnt++
  :: else -> break
  od
}
inline look(i) {
#ifdef EITHER
  if
  :: d_step { listRest(i) }; listZero(i)
  :: listZero(i); d_step { listRest(i); purged = has0 && !exists0(i); has0 = has0 && !purged }
  fi
#else
  listZero(i); d_step { listRest(i); purged = has0 && !exists0(i); has0 = has0 && !purged }
#endif
}
#define forget has0 = 0; has1 = 0; cnt = 0; cond = 0; held = 0; dead = 0; purged = 0; won = 0; ver = 0

/* Creates one record if its number is free: the primitive. Repository.create, Repository.append */
inline create(i, at, kind, v) {                         /* v: which expiry was read, or is set */
  atomic {
    if
    :: at<NR && s[i].r[at]==NONE ->
       s[i].r[at] = kind; won = 1;
       if
       :: kind==DELG && s[i].r[0]==START -> assert(S4 || i!=0 || !(held0 || undeleted0)); fin = fin | bit(i)
       :: kind==COND && i==0 && s[i].r[0]==START -> assert(S4 || (!held0 && v>=expiry0)); undeleted0 = 0
       :: (kind==HOLD || kind==UNDH) && live(0) -> held0 = 1; stands0 = 1
       :: (kind==UNDU || kind==EXPI) && live(0) -> expiry0 = v; undeleted0 = (kind==UNDU); stands0 = 1
       :: kind==RELS -> held0 = 0
       :: else
       fi
    :: else -> won = 0
    fi }
}

/* ---- Writer ---- */
#ifdef QUICK                  /* two moments: until the base was looked at, and the rest */
#define QUICK_BEGIN atomic {
#define QUICK_END };
#else
#define QUICK_BEGIN
#define QUICK_END
#endif
proctype Writer(byte id; bool twin) LIVING {
  byte b, rf, k, kp, hp, tries; bool ok; READER;
  QUICK_BEGIN
  if
  :: twin -> /* Resume: the same id, from W2. BackupStart.resume, BackupStart.reopen */
     atomic { (s[id].r[0]==START && s[id].r[1]==NONE) -> b = base[id]; kp = kpos[id]; k = current };
     if :: barrier>kp -> goto giveUp :: else fi
  :: else ->
     atomic {                                          /* W1: Repository.readKeyLog, BaseSelection.choose */
       kp = klen; k = current; b = id-1;                /* the code takes none from the trash: here it may be there */
       if
#ifdef M_OLDBASE
       :: live(b)
#else
       :: live(b) && hpos[b]>=barrier
#endif
       :: else -> b = NOBASE
       fi };
#if OPS>0
     if :: skip :: k = k | 2 fi;                       /* a recovery CMK, as this host has it: BackupStart.wrap */
#endif
     d_step { s[id].r[0] = START; base[id] = b; kpos[id] = kp; pinned[id] = k }   /* W1: BackupStart.createStart */
#ifdef M_RETRYSTART
     if :: s[id].r[0] = START :: skip fi;              /* R18 away: the same id again after a lost answer */
#endif
  fi;
  ok = (b!=NOBASE);
#ifndef M_NOBASECHECK
  if
  :: b!=NOBASE ->                                      /* W2, R4: BaseSelection.isAlive */
#ifdef M_ZEROFIRST
     listZero(b); d_step { listRest(b) };
#else
     d_step { listRest(b) }; listZero(b);              /* R3: 0 is looked at last */
#endif
     ok = (has0 && has1==MANI && !dead)
  :: else
  fi;
  d_step { forget }
#endif
  if
  :: twin && b!=NOBASE && !ok -> goto giveUp
  :: ok -> rf = bit(id) | refs[b]
  :: else -> rf = bit(id); b = NOBASE
  fi;
  QUICK_END
  QUICK_BEGIN
  packs = packs | bit(id);                             /* W3: PackRegistry.add */
#if OPS>0 || defined(BARRIER)
#ifndef M_NOREREAD
  d_step { k = (k & ~retired) | current; hp = klen; held = (barrier>kp) };   /* W4, R14: SnapshotCommit.commit, SnapshotCommit.envelopes */
#ifndef M_GOESON
  if :: held -> goto giveUp :: else fi;                /* a barrier came: it starts over, under a fresh id and without base */
#endif
#endif
#endif
again:
  atomic {                                             /* W5: SnapshotCommit.create */
    if
    :: s[id].r[1]==NONE ->
       s[id].r[1] = MANI; refs[id] = rf; env[id] = k; hpos[id] = hp;
       assert(S7 || hpos[id]<barrier || b==NOBASE || hpos[b]>=barrier); checkAll()
    :: s[id].r[1]==MANI                                /* one's own, or a twin's */
    :: else -> reach(5, true); goto out
    fi }
  if :: tries==0 -> tries = 1; goto again :: skip fi;  /* the answer was lost: again */
#ifndef M_NOACKLOOK
  if :: s[id].r[0]==START                              /* W6, R5: SnapshotCommit.acknowledge */
  :: else -> s[id].r[1] = NONE; goto out               /* SnapshotCommit.takeBack */
  fi;
#endif
  atomic {
    assert(S6 || s[id].r[0]==START || (fin & bit(id))); done = done | bit(id);
    reach(7, refs[id]!=bit(id) && (fin & bit(id-1))); reach(8, id==2 && (refs[2] & 1)) }
  QUICK_END
  goto out;
giveUp: atomic { if :: s[id].r[1]==NONE -> s[id].r[1] = ABRT; reach(9, barrier>0) :: else fi };   /* Backup.giveUp, Repository.abort */
out: atomic { b = 0; rf = 0; k = 0; kp = 0; hp = 0; tries = 0; ok = 0; forget }
}

/* ---- Pruner: PruneRun.complete ---- */
#define PRUNER byte i, j, p, keep, fset, mani, opn, started, voids, bases, known, next, ownerless, cand, ver0, log0; bool behind, dies

inline deletePack(q) { atomic { reach(2, q==0 && live(1)); reach(3, q==1); packs = packs & ~bit(q); checkAll() } }
inline deletePacks() {                                 /* PruneRun.deletePacks */
  if :: cand & 1 -> deletePack(0) :: else fi;
  if :: cand & 2 -> deletePack(1) :: else fi;
  if :: cand & 4 -> deletePack(2) :: else fi;
  cand = 0
}
inline deleteFrom2(q) { d_step { p = 2; do :: p<NR -> s[q].r[p] = NONE; p++ :: else -> break od; p = 0 } }
inline deleteRecords(q) {                              /* R2: 0 first. PruneRun.deleteRecords */
#ifdef M_ZEROLAST
  deleteFrom2(q); s[q].r[1] = NONE; atomic { s[q].r[0] = NONE; checkAll() }
#else
  atomic { s[q].r[0] = NONE; checkAll() }
#ifdef MANIFESTLAST
  deleteFrom2(q); s[q].r[1] = NONE
#else
  s[q].r[1] = NONE; deleteFrom2(q)
#endif
#endif
}

inline owners() {                                      /* P4, R12: the owners first, then their 0. PruneRun.ownersWithoutStart */
#ifdef M_OWNERSLAST
  j = 0; do :: j<NS -> d_step { i = AT(j); if :: s[i].r[0]==START -> cand = cand | bit(i) :: else fi; j++ } :: else -> break od;
  atomic { ownerless = packs & ~cand; j = 0; i = 0; cand = 0 }
#else
  cand = packs; j = 0;
  do
  :: j<NS -> d_step {
       i = AT(j);
       if :: (s[i].r[0]!=START) && (cand & bit(i)) -> ownerless = ownerless | bit(i) :: else fi;
       j++ }
  :: else -> break
  od;
  atomic { j = 0; i = 0; cand = 0 }
#endif
}

inline survey() {                                      /* P1, P2: PruneSurvey.init */
  d_step { keep = 0; fset = 0; mani = 0; opn = 0; started = 0; voids = 0; bases = 0; behind = 0; j = 0; log0 = purgeLog };
  do
  :: j<NS ->
     i = AT(j); look(i);
     d_step {                                          /* PruneSurvey.add */
#if defined(M_NODELETING) || defined(M_NOFENCE)
       dead = dead || (known & bit(i));                /* what was given up, only in one's own mind */
#endif
#ifndef M_NOBEHIND
       behind = behind || purged;
#endif
       if
       :: has0 ->
          started = started | bit(i);
          if
          :: dead -> fset = fset | bit(i)
          :: !dead && has1==MANI -> mani = mani | bit(i); keep = keep | refs[i]; if :: i==0 -> ver0 = ver :: else fi
          :: else -> opn = opn | bit(i); if :: base[i]!=NOBASE -> bases = bases | bit(base[i]) :: else fi
          fi
       :: !has0 && (has1!=NONE || cnt>2) -> voids = voids | bit(i)
       :: else
       fi;
       forget; j++ }
  :: else -> break
  od;
#ifndef M_NOOPENBASE
  j = 0;
  do
  :: j<NS ->                                           /* R10: the packs of an open one's base. PruneSurvey.keepPacks */
     i = AT(j);
     if
     :: (opn & bit(i)) && base[i]!=NOBASE && !(mani & bit(base[i])) ->
        d_step { has0 = exists0(base[i]); if :: has0 && s[base[i]].r[1]==MANI -> keep = keep | refs[base[i]] :: else fi };
        if
#ifndef M_NOBEHIND
        :: !has0 -> d_step { if :: !(exists0(i) && s[i].r[1]==NONE) -> behind = 1 :: else fi }
#endif
        :: else
        fi; has0 = 0
     :: else
     fi; j++
  :: else -> break
  od;
#endif
  atomic {
#ifndef M_NOPURGELOG
    if :: purgeLog!=log0 -> behind = 1 :: else fi;                  /* R19 */
#endif
    j = 0; i = 0
  }
}

inline purge(what, fast) {                                 /* P3, R9, R11, R19: PruneRun.due, PurgeLog.begin, PruneRun.purge */
#ifndef M_NOPURGELOG
  atomic { if :: ((what) & fset & ~bases)!=0 && purgeLog==log0 -> purgeLog++; log0 = purgeLog :: ((what) & fset & ~bases)!=0 && purgeLog!=log0 -> behind = 1 :: else fi };
#endif
  j = 0;
  do
  :: j<NS && !behind && !dies ->
     i = AT(j);
     if
#ifdef M_NOBASERECORDS
     :: (what) & fset & bit(i) ->
#else
     :: (what) & fset & ~bases & bit(i) ->
#endif
        if :: fast -> dies = 1; break :: skip fi;
        d_step { cand = bit(i); if :: s[i].r[0]==START && s[i].r[1]==MANI -> cand = cand | refs[i] :: else fi; cand = cand & ~keep };
        deletePacks();
        deleteRecords(i)
     :: else
     fi; j++
  :: else -> break
  od;
  atomic { i = 0; j = 0 }
}

inline decide(jan) {                                   /* P5: PruneRun.decide */
  d_step { next = fset; j = 0 };
  do
  :: j<NS ->
     i = AT(j);
     if
     :: opn & bit(i) ->                                /* R7: PruneRun.fence, Repository.abort */
#ifdef M_NOFENCE
        if :: next = next | bit(i) :: !jan -> skip fi
#else
        if :: create(i, 1, ABRT, 0); if :: won -> next = next | bit(i) :: else fi :: !jan -> skip fi
#endif
     :: mani & bit(i) ->
        if
        :: !jan && i<2 ->                              /* PruneRun.condemn: what was decided about must stand unchanged */
           look(i);
           if
#ifdef M_STALECONDEMN
           :: has0 && has1==MANI && !dead && !cond -> create(i, cnt, COND, ver0)
#else
           :: has0 && has1==MANI && !dead && !cond && !held && (i!=0 || ver==ver0) -> create(i, cnt, COND, ver0)
#endif
           :: else
           fi
        :: skip
        fi;
        d_step { forget };
        if
        :: look(i);                                    /* R8: PruneRun.retire, PruneRun.isDue */
           if
#ifdef M_NODELETING
           :: has0 && has1==MANI && !dead && cond && !held -> atomic { fin = fin | bit(i); next = next | bit(i); assert(S4 || i!=0 || !(held0 || undeleted0)) }
#else
           :: has0 && has1==MANI && !dead && cond && !held -> create(i, cnt, DELG, 0); if :: won -> next = next | bit(i) :: else fi
#endif
           :: else
           fi
        :: !jan -> skip
        fi
     :: else
     fi;
     d_step { forget; j++ }
  :: else -> break
  od;
  atomic { i = 0; j = 0 }
}

inline collectGarbage() {                              /* P4: PruneRun.collectGarbage, PruneRun.collect */
  d_step { cand = ownerless & ~keep };
  deletePacks();
  j = 0;
  do
  :: j<NS ->
     i = AT(j);
     if
     :: voids & bit(i) ->
#ifdef M_NOVOIDLOOK
        deleteRecords(i)
#else
        if :: s[i].r[0]==NONE -> deleteRecords(i) :: else fi     /* R13: PruneRun.isGone */
#endif
     :: else
     fi; j++
  :: else -> break
  od
}

inline pruneRun(jan, fast) {
  owners();
  do
  :: survey();
     if
     :: behind -> skip                                 /* listed again: PruneRun.complete */
     :: else ->
#ifdef M_INLISTING
        purge(fset | known, fast);
#else
        purge(known, fast);
#endif
        if
        :: behind -> skip
        :: dies -> break
        :: else ->
           decide(jan);
#ifdef M_OLDLISTING
           d_step {                                    /* R9 away: by the listing from before the decision */
             fset = fset | next; known = known | next; keep = 0; p = 0;
             do
             :: p<NS ->
                if
                :: mani & ~next & bit(p) -> keep = keep | refs[p]
                :: (opn & ~next & bit(p)) && base[p]!=NOBASE -> keep = keep | refs[base[p]]
                :: else
                fi; p++
             :: else -> break
             od; p = 0 }
           purge(known, fast);
#endif
           if
           :: next & ~known -> known = known | next
           :: else -> break
           fi
        fi
     fi
  od;
  if :: !dies -> collectGarbage() :: else fi;
  atomic { i = 0; j = 0; p = 0; keep = 0; fset = 0; mani = 0; opn = 0; started = 0; voids = 0; bases = 0; known = 0; next = 0; ownerless = 0; cand = 0; ver0 = 0; log0 = 0; behind = 0; dies = 0 }
}

proctype Pruner(byte runs) LIVING {
  PRUNER; READER;
  do :: runs>0 -> pruneRun(false, false); runs-- :: else -> break od
}

/* Another pruner whose whole run, until it is done or dies, is one moment: fewer interleavings, for chains of events that take many runs. */
proctype FastPruner(byte runs) LIVING {
  PRUNER; READER;
  do :: runs>0 -> atomic { runs--; pruneRun(false, true) } :: else -> break od
}

/* S5: at any moment all others stop for ever, and one run is made. */
proctype Janitor() {
  PRUNER; READER;
  quiet = 1;
  atomic {
    pruneRun(true, false);
    i = 0; do :: i<NS -> assert(S5 || live(i) || (s[i].r[0]==NONE && s[i].r[1]==NONE && s[i].r[2]==NONE && s[i].r[3]==NONE)); i++ :: else -> break od;
    assert(S5 || packs == ((live(0) -> refs[0] : 0) | (live(1) -> refs[1] : 0) | (live(2) -> refs[2] : 0)));
    checkAll() }
}

/* ---- Hold, undelete, release, expiry, of snapshot 0: HoldSnapshot.append, Undelete.run, SetExpiry.run over Repository.append ---- */
proctype Hand() LIVING {
  bool isHold; READER;
  do
  :: look(0);
     if
     :: !(has0 && has1==MANI && !dead) -> goto out
     :: else ->
        if
        :: cond -> create(0, cnt, UNDU, ver+1)
        :: cond -> create(0, cnt, UNDH, 0); isHold = 1
        :: !cond -> create(0, cnt, EXPI, ver+1)
        :: !held -> create(0, cnt, HOLD, 0); isHold = 1
        fi;
        if :: won -> break :: !won && cnt<NR -> isHold = 0 :: !won && cnt>=NR -> goto out fi
     fi; d_step { forget }
  od;
#ifndef M_NOHANDLOOK
  if :: s[0].r[0]==START :: else -> goto out fi;       /* R6 */
#endif
  atomic { assert(S4 || stands0); reach(4, true) }
  d_step { forget };
  if
  :: isHold -> look(0); if :: has0 && held && !dead -> create(0, cnt, RELS, 0) :: else fi     /* and released again */
  :: skip
  fi;
out: atomic { forget; isHold = 0 }
}

/* ---- Rewrap: one more envelope, for CMK 2, on snapshot 0. RewrapSnapshots.rewrap ---- */
proctype Rewrapper() LIVING {
  READER;
  look(0);
  if
  :: has0 && has1==MANI && !dead -> atomic { create(0, cnt, ENVL, 0); if :: won -> env[0] = env[0] | 2 :: else fi }
  :: else
  fi;
  d_step { forget }
}

/* ---- A barrier: RotateKey.setBarrier ---- */
proctype Barrier() LIVING { atomic { klen++; barrier = klen } }

/* ---- Operator: rotates, retires, announces, checks, deletes one CMK. RotateKey.run, DeleteKey.decide, ReadProject.run ---- */
proctype Operator(byte c; byte nxt; byte ci) LIVING {
  byte i, rp, un; byte cov[NS]; bool blocked; READER;
#ifdef M_LISTBEFORERETIRE
  rp = 255;
#else
  do
  :: atomic { current==c -> if :: !(retired & nxt) -> current = nxt :: else -> current = 4 fi; klen++ }
  :: atomic { current!=c -> retired = retired | c; klen++; retpos[ci] = klen; break }
  od;
#ifndef M_ANNOUNCELATE
  atomic { announced = announced | c; klen++ }         /* R17: DeletionAnnouncements.announce */
#endif
  rp = retpos[ci];                                     /* R15: the key log, then the listing. ReadProject.read */
#endif
  i = 0;
  do
  :: i<NS ->
     look(i);
     d_step {
       if
       :: !has0 || dead
       :: has0 && !dead && has1==NONE ->               /* KeyLog.mayCommit */
#ifndef M_NOPINS
#ifdef M_PINCMK
          if :: (pinned[i] & ~(announced | c))==0 -> blocked = 1 :: else fi
#else
          if :: kpos[i]<rp && rp!=255 -> blocked = 1 :: else fi
#endif
#else
          skip
#endif
#ifdef M_SKIPTRASH
       :: has0 && !dead && has1!=NONE && !cond -> cov[i] = 128 | env[i]
       :: has0 && !dead && has1!=NONE && cond
#else
       :: has0 && !dead && has1!=NONE -> cov[i] = 128 | env[i]          /* R16: in the trash it counts as well */
#endif
       fi;
       i++; forget }
  :: else -> break
  od;
#ifdef M_LISTBEFORERETIRE
  do
  :: atomic { current==c -> if :: !(retired & nxt) -> current = nxt :: else -> current = 4 fi; klen++ }
  :: atomic { current!=c -> retired = retired | c; klen++; retpos[ci] = klen; announced = announced | c; break }
  od;
#endif
  un = announced | c;                                  /* K4: what others announced is read last. ReadProject.readAgain */
  atomic {                                             /* DeletionCheck.verdict, DeletionAnnouncements.approve, DeleteKey.schedule */
    i = 0;
    do :: i<NS -> if :: cov[i]!=0 && (cov[i] & 127 & ~un)==0 -> blocked = 1 :: else fi; cov[i] = 0; i++ :: else -> break od;
    if
    :: !blocked -> gone = gone | c; announced = announced | c; checkAll(); reach(1, live(1)); reach(6, gone==3)
    :: else -> announced = announced & ~c; klen++
    fi;
    i = 0; un = 0; rp = 0; blocked = 0 }
}

#ifdef M_UNRETIRE
proctype Unretire() { atomic { (retired & 1) -> current = 1; klen++ } }      /* R15 away: retired is not for good */
#endif

init {
  atomic {
    klen = 1; current = 1; base[0] = NOBASE; base[1] = NOBASE; base[2] = NOBASE;
    /* Snapshot 0 exists and is in the trash; UNCOND: it is not. */
    s[0].r[0] = START; s[0].r[1] = MANI; refs[0] = 1; env[0] = 3; packs = 1; kpos[0] = 1; hpos[0] = 1;
#ifdef ENV1
    env[0] = 1;
#endif
#ifndef UNCOND
    s[0].r[2] = COND;
#endif
#if defined(CHAIN) || defined(ORPHAN)
    /* So does its child, in the trash. */
    s[1].r[0] = START; s[1].r[1] = MANI; s[1].r[2] = COND; base[1] = 0; refs[1] = 3; env[1] = 3; packs = 3; kpos[1] = 1; hpos[1] = 1;
#endif
#ifdef ORPHAN
    /* The base is long gone; its pack lives on in the child. */
    s[0].r[0] = NONE; s[0].r[1] = NONE; s[0].r[2] = NONE; fin = 1;
#endif
#ifdef M_UNRETIRE
    run Unretire();
#endif
#if defined(CHAIN) || defined(ORPHAN)
    if :: NW>=1 -> run Writer(2, 0) :: else fi;
#else
    if :: NW>=1 -> run Writer(1, 0) :: else fi;
    if :: NW>=2 -> run Writer(2, 0) :: else fi;
#endif
#ifdef TWIN
    run Writer(1, 1);
#endif
    if :: NP>=1 -> run Pruner(RUNS) :: else fi;
    if :: NP>=2 -> run Pruner(RUNS) :: else fi;
    if :: FAST>=1 -> run FastPruner(FAST) :: else fi;
#ifdef HAND
    run Hand();
#endif
#ifdef REWRAP
    run Rewrapper();
#endif
#ifdef BARRIER
    run Barrier();
#endif
    if :: OPS>=1 -> run Operator(1, 2, 0) :: else fi;
    if :: OPS>=2 -> run Operator(2, 4, 1) :: else fi;
#ifdef JAN
    run Janitor();
#endif
  }
}
