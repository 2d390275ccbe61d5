! Arrays, modules, allocation, recursion, sorting, complex numbers, C interoperability, big factorials, strings.
module kit
  use, intrinsic :: iso_c_binding
  implicit none
  type node
    type(node), pointer :: left => null(), right => null()
  end type
  interface
    function getpid() bind(c) result(id)
      import :: c_int
      integer(c_int) :: id
    end function
    subroutine qsort(base, count, size, compare) bind(c)
      import
      type(c_ptr), value :: base
      integer(c_size_t), value :: count, size
      type(c_funptr), value :: compare
    end subroutine
  end interface
contains
  recursive function grow(depth) result(tree)
    integer, intent(in) :: depth
    type(node), pointer :: tree
    allocate(tree)
    if (depth > 0) then
      tree%left => grow(depth - 1)
      tree%right => grow(depth - 1)
    end if
  end function
  recursive integer function prune(tree) result(total)
    type(node), pointer :: tree
    total = 1
    if (associated(tree%left)) total = total + prune(tree%left) + prune(tree%right)
    deallocate(tree)
  end function
  function compare(a, b) bind(c) result(order)
    integer(c_int), intent(in) :: a, b
    integer(c_int) :: order
    order = merge(-1, merge(1, 0, a > b), a < b)
  end function
end module
program main
  use kit
  implicit none
  integer, parameter :: n = 300
  real(8), allocatable :: a(:, :), b(:, :)
  integer(c_int), allocatable, target :: numbers(:)
  logical, allocatable :: composite(:)
  type(node), pointer :: tree
  integer :: i, j, total, digits(2000), length, carry
  integer(8) :: state
  character(len=:), allocatable :: text
  allocate(a(n, n), b(n, n))
  do concurrent (i = 1:n, j = 1:n)
    a(i, j) = i + 2 * j
    b(i, j) = merge(1, 0, i == j)
  end do
  if (any(matmul(a, b) /= a)) error stop 'matrix'
  b = matmul(transpose(a), a)
  print '(a, f0.1)', 'sum ', b(1, 1)
  total = 0
  do i = 1, 10
    tree => grow(13)
    total = total + prune(tree)
  end do
  print '(a, i0)', 'nodes ', total
  allocate(numbers(500000))
  state = 1
  do i = 1, size(numbers)
    state = mod(state * 48271_8, 2147483647_8)
    numbers(i) = int(state, c_int)
  end do
  call qsort(c_loc(numbers), int(size(numbers), c_size_t), 4_c_size_t, c_funloc(compare))
  if (any(numbers(2:) < numbers(:size(numbers) - 1))) error stop 'sort'
  print '(a, i0)', 'sorted ', numbers(1)
  allocate(composite(5000000))
  composite = .false.
  do i = 2, 2236
    if (.not. composite(i)) composite(i * i::i) = .true.
  end do
  print '(a, i0)', 'primes ', count(.not. composite(2:))
  digits = 0
  digits(1) = 1
  length = 1
  do i = 2, 500
    carry = 0
    do j = 1, length
      carry = carry + digits(j) * i
      digits(j) = mod(carry, 10)
      carry = carry / 10
    end do
    do while (carry > 0)
      length = length + 1
      digits(length) = mod(carry, 10)
      carry = carry / 10
    end do
  end do
  print '(a, i0, 1x, i0)', '500! ', length, sum(digits)
  text = repeat('abc', 100000)
  print '(i0, 1x, i0, 1x, a)', len(text), index(text, 'ca'), text(1:5)
  print '(f0.3, 1x, f0.3, 1x, a)', exp((0d0, 3.14159265358979d0)), trim('žluť  ')
  if (getpid() <= 0) error stop 'pid'
end program
