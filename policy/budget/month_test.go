package budget_test

import (
	"cmp"
	"math"
	"testing"
	"time"

	"sixseed/policy/budget"
	"sixseed/policy/family"
)

// demand is what peers of a family would take, in bytes per second, at a time since the month began.
type demand func(since time.Duration) float64

func steady(rate float64) demand { return func(time.Duration) float64 { return rate } }

// byDay swings between nothing at midnight and twice the mean at noon.
func byDay(mean float64) demand {
	return func(since time.Duration) float64 { return mean * (1 - math.Cos(2*math.Pi*since.Hours()/24)) }
}

// burst is of another kind for some days.
func burst(usual, then demand, first, days int) demand {
	return func(since time.Duration) float64 {
		if n := int(since / day); n >= first && n < first+days {
			return then(since)
		}
		return usual(since)
	}
}

// month is a simulated November: a link of 1 Gbit/s, IPv6 served first, and a plan that is asked when it wants to be.
type month struct {
	plan     budget.Plan
	v4, v6   demand
	from     int  // the day it is switched on: nothing was sent before
	noRecent bool // the plan is told about the running period only

	sent      family.Pair[float64]
	wantedV4  float64                      // what IPv4 would have taken if there were no quota
	byDay     [30]float64                  // sent over IPv4
	hours     [7 * 24]family.Pair[float64] // a ring of the last week's
	week      family.Pair[float64]         // their sum
	slowedV6  time.Duration                // how long IPv6 was held below its demand
	violation []budget.Decision            // IPv6 was held by the total while IPv4 ran
}

const link = 125 * MB

var november = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

func (m *month) run(t *testing.T) {
	t.Helper()
	now := november.Add(time.Duration(m.from) * day)
	for now.Before(november.Add(30 * day)) {
		decision := m.plan.At(now, m.used(), m.recent(now))
		if interval := decision.Until.Sub(now); interval <= 0 || interval > budget.Interval {
			t.Fatalf("at %v it holds until %v", now, decision.Until)
		}
		m.serve(now.Sub(november), decision)
		now = decision.Until
	}
	if len(m.violation) > 0 {
		t.Errorf("IPv6 is slowed while IPv4 runs, %d times, first so: %+v", len(m.violation), m.violation[0])
	}
	most := float64(m.plan.Quota.Total) + link*budget.Interval.Seconds()
	if total := m.sent.V4 + m.sent.V6; total > most {
		t.Errorf("%.4g bytes are sent of %d", total, m.plan.Quota.Total)
	}
}

// serve sends for an interval what peers take and limits let through.
func (m *month) serve(since time.Duration, decision budget.Decision) {
	limits := decision.Limits
	v6 := min(m.v6(since), link)
	if float64(limits.Family.V6) < v6 {
		v6 = float64(limits.Family.V6)
		m.slowedV6 += budget.Interval
		if limits.Family.V4 > limits.Floor && decision.Left.Family.V6 == budget.Unlimited {
			m.violation = append(m.violation, decision)
		}
	}
	wanted := min(m.v4(since), link-v6)
	v4 := min(wanted, float64(limits.Family.V4))
	seconds := budget.Interval.Seconds()
	m.sent.V4 += v4 * seconds
	m.sent.V6 += v6 * seconds
	m.wantedV4 += wanted * seconds
	m.byDay[since/day] += v4 * seconds

	hour := &m.hours[int(since/time.Hour)%len(m.hours)]
	if since%time.Hour == 0 {
		m.week.V4 -= hour.V4
		m.week.V6 -= hour.V6
		*hour = family.Pair[float64]{}
	}
	for _, sum := range [...]*family.Pair[float64]{hour, &m.week} {
		sum.V4 += v4 * seconds
		sum.V6 += v6 * seconds
	}
}

func (m *month) used() family.Pair[int64] { return pair(int64(m.sent.V4), int64(m.sent.V6)) }

// recent returns what was sent in the last seven days.
func (m *month) recent(now time.Time) budget.Recent {
	if m.noRecent {
		return budget.Recent{}
	}
	since := now.Sub(november.Add(time.Duration(m.from) * day))
	return budget.Recent{Bytes: pair(int64(m.week.V4), int64(m.week.V6)), Over: min(since, 7*day)}
}

// IPv4 gets nine tenths at least of what it wants and IPv6 leaves, IPv6 all of its own, and the quota is kept.
func TestPlan_At_Months(t *testing.T) {
	t.Parallel()
	const none = budget.Unlimited
	shared := quota(5*TB, none, none)
	night := func(since time.Duration) float64 { return byDay(500 * kB)(since + 12*time.Hour) }
	for name, tt := range map[string]struct {
		month month
		least float64 // of what was possible for IPv4; 0: 0.9
	}{
		"Steady":           {month: month{plan: shared, v4: steady(50 * MB), v6: steady(500 * kB)}},
		"DayAndNight":      {month: month{plan: shared, v4: byDay(3 * MB), v6: byDay(500 * kB)}},
		"NightAgainstDay":  {month: month{plan: shared, v4: byDay(3 * MB), v6: night}},
		"OwnQuota":         {month: month{plan: quota(none, 2*TB, none), v4: byDay(3 * MB), v6: byDay(10 * MB)}},
		"MoreThanWanted":   {month: month{plan: shared, v4: byDay(1 * MB), v6: byDay(300 * kB)}},
		"ReleaseOfV6":      {month: month{plan: shared, v4: steady(50 * MB), v6: burst(byDay(200*kB), byDay(5*MB), 11, 2)}},
		"ReleaseOfV4":      {month: month{plan: shared, v4: burst(byDay(1500*kB), byDay(80*MB), 11, 2), v6: byDay(500 * kB)}},
		"SwitchedOnMidway": {month: month{plan: shared, v4: steady(50 * MB), v6: byDay(500 * kB), from: 15}},
		"NoIPv6":           {month: month{plan: shared, v4: steady(50 * MB), v6: steady(0)}},
		"MostlyV6":         {month: month{plan: shared, v4: steady(50 * MB), v6: byDay(1750 * kB)}},
		"LittleIsKnown":    {month: month{plan: shared, v4: byDay(3 * MB), v6: byDay(1750 * kB), noRecent: true}},
		"SmallQuota":       {month: month{plan: quota(10*GB, none, none), v4: steady(50 * MB), v6: byDay(1 * kB)}},
		"LastDay":          {month: month{plan: shared, v4: steady(120 * MB), v6: byDay(500 * kB), from: 29}},
		// IPv6's first days are taken for more than they become, and IPv4 has to wait for a while.
		"ReleaseAtOnce": {month{
			plan: shared, v4: burst(byDay(1500*kB), byDay(80*MB), 0, 2), v6: burst(byDay(200*kB), byDay(5*MB), 0, 2), noRecent: true,
		}, 0.8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := tt.month
			m.run(t)
			possible := min(m.wantedV4, float64(m.plan.Quota.Total)-m.sent.V6, float64(m.plan.Quota.Family.V4))
			t.Logf("IPv4 got %.1f %% of %.3g bytes, IPv6 %.3g", 100*m.sent.V4/possible, possible, m.sent.V6)
			if m.sent.V4 < cmp.Or(tt.least, 0.9)*possible {
				t.Errorf("IPv4 got %.4g bytes of the %.4g that were possible", m.sent.V4, possible)
			}
			if m.slowedV6 > 0 {
				t.Errorf("IPv6 was slowed for %v", m.slowedV6)
			}
		})
	}
}

// A swarm that takes whatever it gets is slowed early and stays so, day by day: it does not use the month up in a week.
func TestPlan_At_MonthIsEven(t *testing.T) {
	t.Parallel()
	m := &month{plan: quota(5*TB, budget.Unlimited, budget.Unlimited)}
	m.v4, m.v6 = steady(100*MB), steady(500*kB)
	m.run(t)
	even := m.sent.V4 / float64(len(m.byDay))
	for n, sent := range m.byDay {
		if sent < even/2 || sent > 3*even {
			t.Errorf("on day %d IPv4 sends %.3g bytes, a thirtieth is %.3g", n+1, sent, even)
		}
	}
}

// When IPv6 wants more than there is, IPv4 stops first; then IPv6 is slowed so that it lasts until the end.
func TestPlan_At_MonthOfV6(t *testing.T) {
	t.Parallel()
	for name, floor := range map[string]int64{"WithoutFloor": 0, "WithFloor": 100 * kB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &month{plan: quota(5*TB, budget.Unlimited, budget.Unlimited)}
			m.plan.Limits.Floor = floor
			m.v4 = steady(50 * MB)
			m.v6 = burst(byDay(1*MB), byDay(4*MB), 10, 20) // 7.8 TB
			m.run(t)
			t.Logf("IPv4 got %.3g bytes, IPv6 %.3g; by day IPv4 %.3g", m.sent.V4, m.sent.V6, m.byDay)
			if total := m.sent.V4 + m.sent.V6; total < 4.9*TB {
				t.Errorf("%.4g bytes of 5 TB were sent", total)
			}
			for n, sent := range m.byDay[:29] { // on the last day the quota may be used up
				if kept := float64(floor) * day.Seconds(); sent < 0.999*kept {
					t.Errorf("on day %d IPv4 sends %.4g bytes, and its floor are %.4g", n+1, sent, kept)
				}
			}
		})
	}
}

// IPv6's own quota does not slow it down before it is expected to run out, and is kept.
func TestPlan_At_MonthOfV6WithItsOwnQuota(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wanted       demand
		least, most  float64
		slowedAtMost time.Duration
	}{
		"Enough":  {byDay(700 * kB), 1.81 * TB, 1.82 * TB, 0},
		"TooMuch": {byDay(1500 * kB), 1.9 * TB, 2 * TB, 30 * day},
		"AtLast":  {burst(byDay(500*kB), byDay(2*MB), 22, 8), 1.9 * TB, 2 * TB, 7 * day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &month{plan: quota(budget.Unlimited, budget.Unlimited, 2*TB)}
			m.v4, m.v6 = steady(0), tt.wanted
			m.run(t)
			t.Logf("IPv6 got %.4g, slowed for %v", m.sent.V6, m.slowedV6)
			if m.sent.V6 < tt.least || m.sent.V6 > tt.most || m.slowedV6 > tt.slowedAtMost {
				t.Errorf("IPv6 got %.4g bytes and was slowed for %v", m.sent.V6, m.slowedV6)
			}
		})
	}
}
