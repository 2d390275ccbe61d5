! Files of all kinds, internal ones, namelists, commands, environment, clocks, random numbers.
program main
  implicit none
  integer :: unit, i, n, code, status, total, first, last, rate
  real :: x(1000)
  character(len=80) :: line, path
  logical :: exists
  namelist /settings/ n, path
  open(newunit=unit, file='/tmp/corpus.txt', status='replace', action='readwrite')
  do i = 1, 20000
    write(unit, '(a, i0)') 'line ', i
  end do
  rewind(unit)
  n = 0
  do
    read(unit, '(a)', iostat=status) line
    if (status /= 0) exit
    n = n + 1
  end do
  print '(a, i0, 1x, a)', 'lines ', n, trim(line)
  close(unit, status='delete')
  inquire(file='/tmp/corpus.txt', exist=exists)
  print '(a, l1)', 'exists ', exists
  open(newunit=unit, status='scratch', access='direct', recl=8, form='unformatted')
  do i = 1, 1000
    write(unit, rec=i) int(i, 8) * i
  end do
  block
    integer(8) :: square
    read(unit, rec=777) square
    print '(a, i0)', 'record ', square
  end block
  close(unit)
  open(newunit=unit, file='/tmp/corpus.bin', access='stream', form='unformatted', status='replace')
  write(unit) 'abcdefgh', 42
  read(unit, pos=3) line(1:2)
  print '(a)', line(1:2)
  close(unit, status='delete')
  open(newunit=unit, file='/no/such', status='old', iostat=status)
  print '(a, l1)', 'failed ', status /= 0
  n = 5
  path = 'ž'
  open(newunit=unit, status='scratch')
  write(unit, nml=settings)
  n = 0
  rewind(unit)
  read(unit, nml=settings)
  print '(i0, 1x, a)', n, trim(path)
  flush(6)
  call execute_command_line('exit 3', exitstat=code)
  print '(a, i0)', 'exit ', code
  flush(6)
  call execute_command_line('seq 1000 | grep 7 | wc -l > /tmp/corpus.count')
  open(newunit=unit, file='/tmp/corpus.count')
  read(unit, *) total
  close(unit, status='delete')
  print '(a, i0)', 'pipeline ', total
  call execute_command_line('sleep 0.05; echo asynchronous > /tmp/corpus.async', wait=.false.)
  do i = 1, 2000
    inquire(file='/tmp/corpus.async', exist=exists, size=n)
    if (exists .and. n > 0) exit
    call execute_command_line('sleep 0.01')
  end do
  print '(a, l1)', 'asynchronous ', exists
  call get_environment_variable('PATH', line, status=status)
  if (status /= 0) error stop 'PATH'
  call system_clock(first, rate)
  call random_seed()
  call random_number(x)
  call system_clock(last)
  if (any(x < 0 .or. x >= 1) .or. last < first .or. rate <= 0) error stop 'random'
  write(line, '(i5.5, 1x, es10.3, 1x, z4)') 42, 12345.678, 255
  print '(a)', trim(line)
  read(line, *) n
  if (n /= 42) error stop 'internal'
end program
