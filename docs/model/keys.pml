/* Keys over several repositories (docs/PROTOCOL.md, section 4). Logs 0 and 1 exist; log 2 is the repository that an adder brings in.
 *
 * What must hold, whatever happens (each assertion bears the name):
 *   S3  Once a set of CMKs is approved for deletion and scheduled, no snapshot needs it, then or later.
 *   S8  What was decided is not undone: a CMK reported retired everywhere is never active again, and no deletion is both approved and
 *       withdrawn, be it in two logs.
 *
 * CMKs are bits: A=1 B=2 C=4 D=8. One step is one request; an append ("read the whole log, create the next number if absent, and
 * where it was taken read and decide again") is one step. A stall is any interleaving, a crash a stall for ever, a resuming hand a
 * second process with the same program. Announcements: 0 = {A} with home log 0, 1 = {B} with home log 1, 2 = {A} again, after a
 * withdrawal, with home log 0. Steps bear the names of docs/PROTOCOL.md and the Swift function that does them.
 *
 * An instance is chosen with -D (docs/model/instances.txt): WA WB WC a writer to log 0, 1, 2, OP and OP2 (to C), OPB=n (to n), OPC (to A)
 * operators who rotate, D0 D1 D2 who deletes by that announcement, D0T D1T another hand at the same, WD0 WD1 who withdraws it,
 * CAN0 CAN1 who cancels it, RW=i a rewrap of snapshot i to B, ADD=n an adder who would activate n. RET1: A is retired and C
 * active; ACT2: A is retired and B active; HALF: an operator died between the logs. E0 E1: envelopes of snapshots 0 and 1.
 * -DM_… takes one rule away; -DREACH=n fails where point n is reached. */

#ifndef E0
#define E0 3
#endif
#ifndef E1
#define E1 3
#endif
#ifndef REACH
#define REACH 0
#endif

#define ST(a,L) st[(a)*3+(L)]          /* how announcement a stands in log L */
#define ANNOUNCED 1
#define APPROVED 2
#define WITHDRAWN 3
#define CANCELLED 4
#ifdef BOTH
#define CMKS(a) ((a)==1 -> 3 : 1)      /* announcement 1 = {A, B} */
#else
#define CMKS(a) ((a)==1 -> 2 : 1)
#endif
#ifdef PARTIAL
#define HOME(a) ((a)==1 -> 1 : 2)      /* announced by somebody who knows the new repository alone */
#else
#define HOME(a) ((a)==1 -> 1 : 0)
#endif
#define RP(L,c) rp[(L)*2+(c)]          /* where A, B were retired */
#define LOG(i) ((i)==4 -> 2 : ((i)&1)) /* snapshots 0, 2 are in log 0; 1, 3 in log 1; 4 in log 2 */
#define READLATER(i,a) ((!(CMKS(a)&1) || pos[i]>=RP(LOG(i),0)) && (!(CMKS(a)&2) || pos[i]>=RP(LOG(i),1)))
#define IN(set,L) ((set) & (1<<(L)))
#ifdef M_CANCELFREES
#define LEAVES(x) ((x)==ANNOUNCED || (x)==APPROVED)
#else
#define LEAVES(x) ((x)==ANNOUNCED || (x)==APPROVED || (x)==CANCELLED)
#endif
#define LEAVING1(b,L) (LEAVES(ST(b,L)) -> CMKS(b) : 0)
#define LEAVING(L) (LEAVING1(0,L) | LEAVING1(1,L) | LEAVING1(2,L))        /* KeyLog.leaving */
#define reach(n,c) assert(REACH!=n || reached || !(c))

byte klen[3], act[3], ret[3], ever[3], ros[3], rp[6], st[9];
bool made[3];
byte sst[5], env[5], pos[5];           /* snapshots: 0 none, 1 open, 2 committed; envelopes; key-log position of the start */
byte gone;                             /* the key manager: scheduled for deletion */
byte retDone;                          /* ghost: reported retired in every repository */
bool S3, S8, reached;                  /* never set: they give each assertion its name */

#define CHECK(i) assert(S3 || sst[i]!=2 || (env[i] & ~gone)!=0)
inline checkAll() { CHECK(0); CHECK(1); CHECK(2); CHECK(3); CHECK(4) }
#ifdef LOSSONLY                        /* looks for lost data, not for what leads to it */
#define checkRetired(n) skip
#define checkDecided(a) skip
#else
#define checkRetired(n) assert(S8 || !(retDone & (n)))
#define checkDecided(a) assert(S8 || !((ST(a,0)==APPROVED||ST(a,1)==APPROVED||ST(a,2)==APPROVED) && (ST(a,0)==WITHDRAWN||ST(a,1)==WITHDRAWN||ST(a,2)==WITHDRAWN)))
#endif

inline activate(l, n) { checkRetired(n); act[l] = n; ever[l] = ever[l] | (n); klen[l]++ }
inline retire(l, c) {                  /* where it is not retired yet; never the active one */
  if :: ((c) & ~ret[l])!=0 -> klen[l]++ :: else fi;
  if :: ((c) & 1) && !(ret[l] & 1) -> RP(l,0) = klen[l] :: else fi;
  if :: ((c) & 2) && !(ret[l] & 2) -> RP(l,1) = klen[l] :: else fi;
  ret[l] = ret[l] | (c)
}
inline choose(set, done) {             /* any log that is still to be done */
  if :: IN(set,0) && !IN(done,0) -> L = 0 :: IN(set,1) && !IN(done,1) -> L = 1 :: IN(set,2) && !IN(done,2) -> L = 2 fi
}
/* K1: the repositories of somebody's project file. A log that names another one stops him. ProjectRepositories.requireKnown */
inline configure(set) {
#ifdef ADD
#ifdef M_NOCLOSURE
  set = 3
#else
  if :: set = 3 :: set = 7 fi
#endif
#else
  set = 3
#endif
}
#ifdef GONE0                           /* K9: announcement 1's hand has repository 0 under gone: */
#define ATTESTED(a,set) ((a)==1 -> ((set)|1) : (set))
#elif defined(M_SKIPUNREAD)
#define ATTESTED(a,set) 7
#else
#define ATTESTED(a,set) (set)
#endif
#ifdef M_OWNLOGONLY
#define HEARD(a,L) (L==HOME(a))
#else
#define HEARD(a,L) true
#endif
#ifdef M_NOCLOSURE
#define STRANGERS(set,L) 0
#else
#define STRANGERS(set,L) (ros[L] & ~(set))
#endif

/* ---- Writer, as far as keys go: W1, W4, W5 ---- */
proctype Writer(byte i) {
  byte L, k, x;
  L = LOG(i);
  atomic { act[L]!=0 -> k = klen[L] }                  /* W1: Repository.readKeyLog */
#ifdef RECOV
  if :: x = 0 :: x = 2 :: x = 1 fi;                    /* a recovery CMK, as this host has it: BackupStart.wrap */
#endif
  d_step { sst[i] = 1; pos[i] = k; k = 0 };            /* W1: BackupStart.createStart */
#ifdef RECOV
  d_step { k = act[L]; x = x & ~ret[L] };              /* W4: SnapshotCommit.envelopes */
#else
  k = act[L];
#endif
  atomic { env[i] = k | x; sst[i] = 2; k = 0; x = 0; L = 0; checkAll(); reach(2, gone==1 && i==4); reach(3, gone!=0) }   /* W5: SnapshotCommit.create */
}

/* ---- Rotate and retire: K2. RotateKey.run ---- */
proctype Operator(byte n) {
  byte set, done, old, L;
  configure(set);
  do
  :: (set & ~done)!=0 ->                               /* ProjectRepositories.readKeyLogs */
     choose(set, done);
     atomic { if :: !made[L] || STRANGERS(set,L) -> goto out :: else fi; old = old | ever[L]; done = done | (1<<L) }
  :: else -> break
  od;
  atomic { old = old & ~n; done = 0 };
  do
  :: (set & ~done)!=0 ->                               /* RotateKey.activate */
     choose(set, done);
     atomic {
#ifndef M_REACTIVATE
       if :: (ret[L] | LEAVING(L)) & n -> goto out :: else fi;   /* RotateKey.refuseUsed */
#endif
       if :: act[L]!=n -> activate(L, n) :: else fi;
       if :: STRANGERS(set,L) -> goto out :: else fi;
       done = done | (1<<L) }
  :: else -> break
  od;
  done = 0;
  do
  :: (set & ~done)!=0 ->                               /* ProjectRepositories.retire */
     choose(set, done);
     atomic {
       if :: act[L] & old -> goto out :: else fi;
       retire(L, old);
       if :: STRANGERS(set,L) -> goto out :: else fi;
       done = done | (1<<L) }
  :: else -> break
  od;
  retDone = retDone | old;
out: atomic { set = 0; done = 0; old = 0; L = 0 }
}

/* ---- Delete: K3 to K5. DeleteKey.run ---- */
proctype Deleter(byte a) {
  byte set, done, oth, i, L; byte cov[5]; bool blocked;
#ifdef PARTIAL
  if :: a!=1 -> set = 4 :: else -> configure(set) fi;
#else
  configure(set);
#endif
#ifdef GONE0
  if :: a==1 -> set = set & 6 :: else fi;
#endif
  do
  :: (set & ~done)!=0 ->                               /* K3, home first: DeletionAnnouncements.announce */
     if
     :: IN(set,HOME(a)) && !IN(done,HOME(a)) -> L = HOME(a)
     :: else -> choose(set, done)
     fi;
     atomic {
       if
#ifdef M_SKIPUNREAD
       :: L!=HOME(a) -> set = set & ~(1<<L)            /* K1 away: what cannot be read is passed over */
#endif
       :: !made[L] -> blocked = 1; goto verdict        /* no log, or none that can be read: unknown */
       :: made[L] && (act[L] & CMKS(a))!=0 -> blocked = 1; goto verdict
       :: made[L] && (act[L] & CMKS(a))==0 && ST(a,L)==WITHDRAWN -> goto out
       :: made[L] && (act[L] & CMKS(a))==0 && ST(a,L)!=WITHDRAWN && (ret[L] & CMKS(a))!=CMKS(a) -> retire(L, CMKS(a))
       :: made[L] && (act[L] & CMKS(a))==0 && ST(a,L)!=WITHDRAWN && (ret[L] & CMKS(a))==CMKS(a) ->
#ifdef M_ANNOUNCEHOMEONLY
          if :: L==HOME(a) && ST(a,L)==0 -> ST(a,L) = ANNOUNCED; klen[L]++ :: else fi;
#else
#ifndef M_ANNOUNCELATE
          if :: ST(a,L)==0 -> ST(a,L) = ANNOUNCED; klen[L]++ :: else fi;
#endif
#endif
          done = done | (1<<L)
       fi;
       if :: IN(set,L) && made[L] && STRANGERS(ATTESTED(a,set),L) -> blocked = 1; goto verdict :: else fi }
  :: else -> break
  od;
#ifdef M_TRUSTS
  if :: ST(a,HOME(a))==ANNOUNCED -> goto approve :: skip fi;     /* K5 away: a resuming hand takes the announcement for a check */
#endif
#ifdef M_OTHERSFIRST
  L = 0;
  do :: L<3 -> if :: IN(set,L) && made[L] -> oth = oth | LEAVING(L) :: else fi; L++ :: else -> break od;
#endif
  i = 0;
#ifdef M_MANIFESTSFIRST
  do :: i<5 -> d_step { if :: IN(set,LOG(i)) && sst[i]==2 && (env[i] & CMKS(a)) -> cov[i] = 128 | (env[i] & ~CMKS(a)) :: else fi; i++ } :: else -> break od;
  i = 0;
  do :: i<5 -> d_step { if :: IN(set,LOG(i)) && sst[i]==1 && !READLATER(i,a) -> blocked = 1 :: else fi; i++ } :: else -> break od;
#else
  do
  :: i<5 -> d_step {                                   /* K4, R15: open snapshots and manifests. ReadProject.read, KeyLog.mayCommit */
       if
       :: !IN(set,LOG(i)) || !made[LOG(i)]
       :: else ->
          if
#ifndef M_NOPINS
          :: sst[i]==1 -> if :: !READLATER(i,a) -> blocked = 1 :: else fi
#endif
          :: sst[i]==2 && (env[i] & CMKS(a)) -> cov[i] = 128 | (env[i] & ~CMKS(a))
          :: else
          fi
       fi; i++ }
  :: else -> break
  od;
#endif
#ifndef M_OTHERSFIRST
  L = 0;
  do
  :: L<3 -> atomic {                                   /* K4: only now what others announced, in every log. ReadProject.readAgain */
       if
       :: IN(set,L) && made[L] ->
          if :: HEARD(a,L) -> oth = oth | LEAVING(L) :: else fi;
          if :: (act[L] & CMKS(a)) || STRANGERS(ATTESTED(a,set),L) -> blocked = 1 :: else fi
       :: else
       fi; L++ }
  :: else -> break
  od;
#endif
verdict: skip;
  d_step {                                             /* DeletionCheck.verdict, DeletionCheck.proof */
    i = 0; oth = (oth & ~CMKS(a)) | gone;
    do :: i<5 -> if :: cov[i]!=0 && (cov[i] & 127 & ~oth)==0 -> blocked = 1 :: else fi; cov[i] = 0; i++ :: else -> break od;
    i = 0; L = 0; oth = 0 };
#ifdef M_ANNOUNCELATE
  done = 0;
  do :: done<3 -> atomic { if :: IN(set,done) && made[done] && !blocked && ST(a,done)==0 -> ST(a,done) = ANNOUNCED; klen[done]++ :: else fi; done++ } :: else -> break od;
#endif
  if :: blocked -> goto withdraw :: else fi;
approve:
#ifdef M_NOHOME
  L = 0;
  do :: L<3 -> atomic { if :: IN(set,L) && made[L] && ST(a,L)==ANNOUNCED -> ST(a,L) = APPROVED; klen[L]++ :: IN(set,L) && made[L] && ST(a,L)==WITHDRAWN -> goto out :: else fi; checkDecided(a); L++ } :: else -> break od;
#else
  atomic {                                             /* K5: home decides, one record for one id. DeletionAnnouncements.approve */
    if
    :: ST(a,HOME(a))==ANNOUNCED -> ST(a,HOME(a)) = APPROVED; klen[HOME(a)]++
    :: ST(a,HOME(a))==APPROVED
    :: else ->
#ifdef M_APPROVEBYCMK
       if :: a!=1 && ST(0,0)==ANNOUNCED -> ST(0,0) = APPROVED :: a!=1 && ST(2,0)==ANNOUNCED -> ST(2,0) = APPROVED :: else -> goto out fi
#else
       goto out
#endif
    fi; checkDecided(a) }
  L = 0;
  do
  :: L<3 -> atomic {                                   /* K5: DeletionAnnouncements.copyApproval */
       if :: IN(set,L) && made[L] && ST(a,L)==ANNOUNCED -> ST(a,L) = APPROVED; klen[L]++ :: else fi; checkDecided(a); L++ }
  :: else -> break
  od;
#endif
  atomic {                                             /* K5: DeleteKey.schedule, KeyManager.scheduleDeletion */
    gone = gone | CMKS(a);
    reach(1, gone==3); reach(4, sst[4]==1); reach(5, a==1 && ST(0,0)==WITHDRAWN); reach(6, a==2); reach(7, made[2] && act[2]==0 && IN(set,2));
    checkAll() }
  goto out;
withdraw:
  if
  :: goto out                                          /* it dies, and leaves it announced */
  :: atomic { if :: ST(a,HOME(a))==ANNOUNCED -> ST(a,HOME(a)) = WITHDRAWN; klen[HOME(a)]++ :: else -> goto out fi; checkDecided(a) }
  fi;                                                  /* K5: DeletionAnnouncements.withdraw */
  L = 0;
  do
  :: L<3 -> atomic { if :: ST(a,L)==ANNOUNCED -> ST(a,L) = WITHDRAWN; klen[L]++ :: else fi; checkDecided(a); L++ }
  :: else -> break                                     /* K5: DeletionAnnouncements.copyWithdrawal */
  od;
out: atomic { set = 0; done = 0; oth = 0; i = 0; L = 0; blocked = 0; cov[0] = 0; cov[1] = 0; cov[2] = 0; cov[3] = 0; cov[4] = 0 }
}

/* ---- Withdraw, by another hand: K5. CancelDeletion.run, DeletionAnnouncements.withdraw ---- */
proctype Withdrawer(byte a) {
  byte L;
#ifdef M_NOHOME
  atomic { if :: ST(a,1)==ANNOUNCED -> ST(a,1) = WITHDRAWN; klen[1]++ :: else fi; checkDecided(a) }
  atomic { if :: ST(a,0)==ANNOUNCED -> ST(a,0) = WITHDRAWN; klen[0]++ :: else fi; checkDecided(a) }
#else
#ifdef M_WITHDRAWLATE
  atomic { (ST(a,HOME(a))==ANNOUNCED || ST(a,HOME(a))==APPROVED) -> ST(a,HOME(a)) = WITHDRAWN; klen[HOME(a)]++ }
#else
  atomic { ST(a,HOME(a))==ANNOUNCED -> ST(a,HOME(a)) = WITHDRAWN; klen[HOME(a)]++; checkDecided(a) }
#endif
  do
  :: L<3 -> atomic {
       if
       :: ST(a,L)==ANNOUNCED -> ST(a,L) = WITHDRAWN; klen[L]++
#ifdef M_WITHDRAWLATE
       :: ST(a,L)==APPROVED -> ST(a,L) = WITHDRAWN
#endif
       :: else
       fi; L++ }
  :: else -> break
  od
#endif
}

/* ---- Cancel: K7, the key manager first. CancelDeletion.run ---- */
proctype Canceller(byte a) {
  byte L;
  atomic { ST(a,HOME(a))==APPROVED -> gone = gone & ~CMKS(a) };
  do
  :: L<3 -> atomic { if :: ST(a,L)==APPROVED || ST(a,L)==ANNOUNCED -> ST(a,L) = CANCELLED; klen[L]++ :: else fi; L++ }
  :: else -> break
  od
}

/* ---- Rewrap: K8. RewrapSnapshots.validate, RewrapSnapshots.rewrap ---- */
proctype Rewrapper(byte i; byte from; byte to) {
  byte k;
  atomic { made[LOG(i)] -> k = LEAVING(LOG(i)) | ret[LOG(i)] };
#ifdef REWRAPCHECKS
  if :: k & to -> goto out :: else fi;
#endif
  atomic { sst[i]==2 && (env[i] & from) -> env[i] = env[i] | to };
out: k = 0
}

/* ---- A new repository: K6. InitializeRepository.run ---- */
proctype Adder(byte n) {
  byte x, s0, s1, s2, L;
#ifdef M_READFIRST
  d_step { x = x | ret[0] | LEAVING(0) }; d_step { x = x | ret[1] | LEAVING(1) };
#endif
#ifdef M_OWNROSTER
  d_step { made[2] = 1; ros[2] = 4; klen[2] = 1 };
#else
  d_step { made[2] = 1; ros[2] = 7; klen[2] = 1 };     /* 1: its own keys/0, which names all. InitializeRepository.run */
#endif
#ifndef M_NOADDROSTER
  d_step { ros[0] = ros[0] | 4; klen[0]++ };           /* 2: every other log's roster */
  d_step { ros[1] = ros[1] | 4; klen[1]++ };
#endif
#ifndef M_READFIRST
  L = 0;                                               /* 3: only then they are read. KeyLogUnion.init */
  do
  :: L<2 -> d_step {
       x = x | ret[L] | LEAVING(L);
       if :: ST(0,L)>s0 -> s0 = ST(0,L) :: else fi; if :: ST(1,L)>s1 -> s1 = ST(1,L) :: else fi; if :: ST(2,L)>s2 -> s2 = ST(2,L) :: else fi;
       L++ }
  :: else -> break
  od;
#endif
#ifdef M_NOREADOTHERS
  atomic { x = 0; s0 = 0; s1 = 0; s2 = 0 };
#endif
  atomic { ros[2] = 7; klen[2]++ };                    /* 4: InitializeRepository.copy */
  atomic { x = x & ~act[2]; retire(2, x) };
  atomic { if :: s0!=0 && s0!=WITHDRAWN && ST(0,2)==0 -> ST(0,2) = ANNOUNCED; klen[2]++ :: else fi; if :: s1!=0 && s1!=WITHDRAWN && ST(1,2)==0 -> ST(1,2) = ANNOUNCED; klen[2]++ :: else fi; if :: s2!=0 && s2!=WITHDRAWN && ST(2,2)==0 -> ST(2,2) = ANNOUNCED; klen[2]++ :: else fi };
  atomic { if :: (s0==APPROVED || s0==CANCELLED) && ST(0,2)==ANNOUNCED -> ST(0,2) = APPROVED; klen[2]++ :: else fi; if :: (s1==APPROVED || s1==CANCELLED) && ST(1,2)==ANNOUNCED -> ST(1,2) = APPROVED; klen[2]++ :: else fi; if :: (s2==APPROVED || s2==CANCELLED) && ST(2,2)==ANNOUNCED -> ST(2,2) = APPROVED; klen[2]++ :: else fi; checkDecided(0); checkDecided(1); checkDecided(2) };
  atomic {                                             /* 5: by its own log at that very append */
#ifdef M_ACTIVATESTALE
    if :: x & n -> goto out :: else fi;
#else
    if :: (x | ret[2] | LEAVING(2)) & n -> goto out :: else fi;
#endif
    if :: act[2]==0 -> activate(2, n) :: else fi };
out: atomic { x = 0; s0 = 0; s1 = 0; s2 = 0; L = 0 }
}

init {
  atomic {
    made[0] = 1; made[1] = 1; ros[0] = 3; ros[1] = 3;
    /* B was active once and is retired everywhere; A is active. */
    klen[0] = 3; klen[1] = 3; ret[0] = 2; ret[1] = 2; RP(0,1) = 3; RP(1,1) = 3; act[0] = 1; act[1] = 1; ever[0] = 3; ever[1] = 3; retDone = 2;
#ifdef RET1
    klen[0] = 5; klen[1] = 5; ret[0] = 3; ret[1] = 3; RP(0,0) = 5; RP(1,0) = 5; act[0] = 4; act[1] = 4; ever[0] = 7; ever[1] = 7; retDone = 3;
#endif
#ifdef HALF
    klen[0] = 5; ret[0] = 3; RP(0,0) = 5; act[0] = 4; ever[0] = 7;
#endif
#ifdef ACT2
    ret[0] = 1; ret[1] = 1; RP(0,0) = 3; RP(1,0) = 3; RP(0,1) = 0; RP(1,1) = 0; act[0] = 2; act[1] = 2; retDone = 1;
#endif
#if E0
    sst[0] = 2; env[0] = E0;
#endif
#if E1
    sst[1] = 2; env[1] = E1;
#endif
#ifdef WA
    run Writer(2);
#endif
#ifdef WB
    run Writer(3);
#endif
#ifdef WC
    run Writer(4);
#endif
#if defined(OP) || defined(OP2)
    run Operator(4);
#endif
#ifdef OPB
    run Operator(OPB);
#endif
#ifdef OPC
    run Operator(1);
#endif
#ifdef D0
    run Deleter(0);
#endif
#ifdef D0T
    run Deleter(0);
#endif
#ifdef D1
    run Deleter(1);
#endif
#ifdef D1T
    run Deleter(1);
#endif
#ifdef D2
    run Deleter(2);
#endif
#ifdef WD0
    run Withdrawer(0);
#endif
#ifdef WD1
    run Withdrawer(1);
#endif
#ifdef CAN0
    run Canceller(0);
#endif
#ifdef CAN1
    run Canceller(1);
#endif
#ifdef ADD
    run Adder(ADD);
#endif
#ifdef RW
    run Rewrapper(RW, 1, 2);
#endif
  }
}
